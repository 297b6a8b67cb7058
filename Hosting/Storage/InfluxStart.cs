using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Storage;

/// <summary>
/// Looks at InfluxDB before anything uses it. What somebody has to put right stops the start, all of it told at once. A server that can't be reached does not:
/// it may be restarting, and what is pushed meanwhile waits in the log. It is looked at again until it answers; the host is not ready before.
/// </summary>
internal sealed partial class InfluxStart(
    InfluxRoles roles, StorageOptions storage, Lazy<InfluxOptions> options, TimeProvider clock, ILogger<InfluxStart> logger) : BackgroundService, IReadinessCheck
{
    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(1);

    private volatile bool _isSeen = storage.Kind != StorageKind.Influx;

    // A host that writes is ready without the store, since its log takes what is pushed: a balancer must not take it away while the store is restarted.
    public string? WhyNotReady() => _isSeen || roles.HasFlag(InfluxRoles.Writer) ? null : "the store has not been reached yet";

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_isSeen)
        {
            StartFindings findings = await LookAsync(cancellationToken);
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
            while (!_isSeen)
            {
                await Task.Delay(_retryPeriod, clock, stoppingToken);
                StartFindings findings = await LookAsync(stoppingToken);
                if (findings.Faults.Length > 0)
                {
                    LogFaults(string.Join(' ', findings.Faults));
                }
                else if (findings.Unreachable is null)
                {
                    Take(findings);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private Task<StartFindings> LookAsync(CancellationToken cancellationToken) =>
        InfluxStartCheck.RunAsync(options.Value, roles, LongestRetention(), clock, cancellationToken);

    private void Take(StartFindings findings)
    {
        if (findings.Unreachable is { } reason)
        {
            LogUnreachable(reason);
            return;
        }

        LogSeen(findings.Version, options.Value.Host);
        _isSeen = true;
    }

    // Null when one kind is kept for ever.
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

    [LoggerMessage(1011, LogLevel.Error, "{Reason} It is tried again.")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(1012, LogLevel.Error, "InfluxDB answers, and can't be the store as it is: {Faults}")]
    private partial void LogFaults(string faults);
}
