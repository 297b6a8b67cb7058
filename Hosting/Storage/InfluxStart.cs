using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Startup;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Storage;

/// <summary>
/// Checks InfluxDB before anything uses it. Faults that an operator must correct stop the start, all reported at once. A server that can't be reached
/// does not: it may be restarting, and pushes wait in the WAL. The check repeats until the server responds. A host that only reads is not ready
/// until then, and not while the server is away later.
/// </summary>
internal sealed partial class InfluxStart(
    InfluxRoles roles, StorageOptions storage, Lazy<InfluxOptions> options, TimeProvider clock, ILogger<InfluxStart> logger)
        : BackgroundService, IReadinessCheck
{
    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(1);

    // How often a host that only reads checks the store.
    private static readonly TimeSpan _watchPeriod = TimeSpan.FromSeconds(5);

    // What a server says may differ each time, as an id of the request in it does.
    private static readonly TimeSpan _reportPeriod = TimeSpan.FromMinutes(1);

    // A host that writes is ready without the store, since its WAL takes pushes. A balancer must keep it while the store restarts.
    private readonly bool _needsStore = storage.Kind == StorageKind.Influx && !roles.HasFlag(InfluxRoles.Writer);

    private volatile string? _why = storage.Kind == StorageKind.Influx ? "the store has not been reached yet" : null;
    private string? _reported;
    private long _reportedAt;

    public string? WhyNotReady() => _needsStore ? _why : null;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_why is not null)
        {
            ProbeResult findings = await CheckAsync(cancellationToken);
            if (findings.Faults.Length > 0)
            {
                throw new StartRefusedException(string.Join('\n', findings.Faults));
            }

            Take(findings);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (TimeSpan? next = NextCheck(); next is { } wait; next = await CheckNextAsync(stoppingToken))
            {
                await Task.Delay(wait, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    // One step: checks InfluxDB. Returns when to check again; null when that is not needed.
    private async Task<TimeSpan?> CheckNextAsync(CancellationToken cancellationToken)
    {
        Take(await CheckAsync(cancellationToken));
        return NextCheck();
    }

    private TimeSpan? NextCheck() => _why is not null ? _retryPeriod : _needsStore ? _watchPeriod : null;

    private Task<ProbeResult> CheckAsync(CancellationToken cancellationToken) =>
        new InfluxProbe(options.Value, roles, LongestRetention(), clock).RunAsync(cancellationToken);

    private void Take(ProbeResult findings)
    {
        string? fault = findings.Unreachable ?? (findings.Faults.Length > 0 ? string.Join(' ', findings.Faults) : null);
        if (fault is null && _why is not null)
        {
            LogSeen(findings.Version, options.Value.Host);
        }
        else if (fault is not null && (_reported is null || (fault != _reported && clock.GetElapsedTime(_reportedAt) >= _reportPeriod)))
        {
            Report(findings, fault);
            (_reported, _reportedAt) = (fault, clock.GetTimestamp());
        }

        _reported = fault is null ? null : _reported;
        _why = fault is null ? null : findings.Unreachable is null ? "the store can't be used as it is" : _why ?? "the store can't be reached";
    }

    private void Report(ProbeResult findings, string fault)
    {
        if (findings.Unreachable is null)
        {
            LogFaults(fault);
        }
        else
        {
            LogUnreachable(fault);
        }
    }

    // Null when one kind is kept without limit.
    private TimeSpan? LongestRetention()
    {
        TimeSpan longest = TimeSpan.Zero;
        foreach (KindSchema kind in SampleSchema.All)
        {
            if (storage.RetentionOf(kind.Kind) is not { } kept)
            {
                return null;
            }

            longest = kept > longest ? kept : longest;
        }

        return longest;
    }

    [LoggerMessage(1010, LogLevel.Information, "The store is InfluxDB {Version} at {Server}.")]
    private partial void LogSeen(string version, Uri server);

    [LoggerMessage(1011, LogLevel.Error, "{Reason} Retrying every second.")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(1012, LogLevel.Error, "InfluxDB can't be the store as it is: {Faults}")]
    private partial void LogFaults(string faults);
}
