using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Server.Probe;

/// <summary>Probes this server each minute, through its own address, while <c>Probe:Enabled</c> is set. Thread safe.</summary>
internal sealed partial class ProbeService(
    ProbeOptions options, StorageOptions storage, SelfProject self, IServer server, ProbeInstruments instruments, TimeProvider clock,
    IHostApplicationLifetime lifetime, ILogger<ProbeService> logger) : BackgroundService, IProbeNote
{
    private const string AgentName = "probe";
    private const int MostLogged = 5;

    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(20);

    // What a bound of bytes deletes is not foreseen.
    private static readonly TimeSpan _longestWithBound = TimeSpan.FromHours(1);

    private volatile ProbeReport? _last;

    /// <inheritdoc/>
    public string? Text => !options.Enabled ? null : _last switch
    {
        null => "The prober has made no round yet.",
        { Differences: [var first, ..] } last => string.Create(
            CultureInfo.InvariantCulture, $"The prober found {last.Differences.Count} values that are not as written. {first.Sentence}"),
        { Fault: { } fault } last => $"The prober could not check the samples of {MinuteOf(last)}. {fault}",
        { } last => $"The prober read back by every API what it wrote for {MinuteOf(last)}.",
    };

    /// <inheritdoc/>
    public bool IsWell => _last is null or { Outcome: ProbeOutcome.Equal };

    /// <summary>One round. What it found is logged, counted and shown.</summary>
    internal async Task<ProbeReport> ProbeAsync(Prober prober, CancellationToken cancellationToken)
    {
        ProbeReport report = await prober.RunAsync(cancellationToken);
        instruments.Add(report);
        foreach (ProbeDifference difference in report.Differences.Take(MostLogged))
        {
            LogDifference(difference.Sentence);
        }

        if (report.Fault is { } fault && _last?.Fault is null)
        {
            LogFault(fault);
        }
        else if (report.Outcome == ProbeOutcome.Equal && _last is not null && !IsWell)
        {
            LogWell(MinuteOf(report));
        }

        _last = report;
        return report;
    }

    /// <summary>A prober of this server, with the token of its own project.</summary>
    /// <param name="http">Calls it.</param>
    internal Prober Make(HttpClient http)
    {
        string address = options.Url.Length > 0 ? options.Url : Listener.LocalAddress(server);
        http.BaseAddress = new Uri(address.TrimEnd('/') + "/");
        http.Timeout = _timeout;
        return new Prober(new ProbeTarget(http, AgentName, self.Pcode, self.ProbeToken!, (SelfProject.ProbeKeyId, self.ProbeToken!)), clock, LongestAgo());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled)
        {
            return;
        }

        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
        Prober? prober = null;
        using PeriodicTimer timer = new(_period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (lifetime.ApplicationStarted.IsCancellationRequested)
                {
                    await ProbeAsync(prober ??= Make(http), stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    // Samples of the server's own project are kept for a week at most, and some kinds for a shorter time.
    private TimeSpan LongestAgo()
    {
        TimeSpan longest = SampleSchema.All.Select(schema => storage.RetentionOf(schema.Kind) ?? SelfProject.Retention).Append(SelfProject.Retention).Min();
        longest = storage.MaxBytes is null || longest < _longestWithBound ? longest : _longestWithBound;
        return longest - (longest / 10);
    }

    private static string MinuteOf(ProbeReport report) => DateTimeOffset.FromUnixTimeMilliseconds(report.Minute * ProbeSet.MinuteMilliseconds)
        .ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    [LoggerMessage(4010, LogLevel.Error, "The prober found a difference between what it wrote and what it read. {Difference}")]
    private partial void LogDifference(string difference);

    [LoggerMessage(4011, LogLevel.Warning, "The prober could not check this server. {Fault} It tries again each minute.")]
    private partial void LogFault(string fault);

    [LoggerMessage(4012, LogLevel.Information, "The prober finds everything as it was written again, for {Minute}.")]
    private partial void LogWell(string minute);
}
