using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeSeries.Hosting.Authentication;

namespace TimeSeries.Hosting.Web;

/// <summary>
/// Tells of refused requests: each one at Debug, and once a minute how many there were by status and reason, and which addresses sent wrong tokens. However
/// many are refused, the log doesn't grow faster. Thread safe.
/// </summary>
internal sealed partial class RefusedRequests(WrongTokens guesses, TimeProvider clock, ILogger<RefusedRequests> logger) : BackgroundService
{
    private const int MaxReasons = 64;
    private const int MaxAddresses = 20;

    private static readonly object _reasonKey = new();
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    // Guards the counts.
    private readonly Lock _gate = new();
    private Dictionary<(int Status, string Reason), long> _counts = [];

    /// <summary>Notes why a request is refused: one of a small fixed set of reasons.</summary>
    public static void SetReason(HttpContext context, string reason) => context.Items[_reasonKey] = reason;

    /// <summary>Counts a request that was refused.</summary>
    public void Count(HttpContext context)
    {
        int status = context.Response.StatusCode;
        string reason = context.Items.TryGetValue(_reasonKey, out object? noted) ? (string)noted! : ReasonPhrases.GetReasonPhrase(status).ToLowerInvariant();
        LogOne(context.Request.Method, context.Request.Path, context.Connection.RemoteIpAddress, status, reason);
        lock (_gate)
        {
            (int, string) key = _counts.Count < MaxReasons || _counts.ContainsKey((status, reason)) ? (status, reason) : (status, "other");
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>One step: tells what was counted since the last one.</summary>
    internal void Summarize()
    {
        Dictionary<(int Status, string Reason), long> counts;
        lock (_gate)
        {
            (counts, _counts) = (_counts, []);
        }

        if (counts.Count > 0)
        {
            LogCounts(string.Join(", ", counts.OrderByDescending(count => count.Value).Select(count =>
                string.Create(CultureInfo.InvariantCulture, $"{count.Value} × {count.Key.Status} {count.Key.Reason}"))));
        }

        List<(IPAddress Address, long Count)> wrong = guesses.TakeCounts();
        wrong.Sort((left, right) => right.Count.CompareTo(left.Count));
        foreach ((IPAddress address, long count) in wrong.Take(MaxAddresses))
        {
            LogWrongTokens(address, count);
        }

        if (wrong.Count > MaxAddresses)
        {
            LogMoreWrongTokens(wrong.Count - MaxAddresses, wrong.Skip(MaxAddresses).Sum(pair => pair.Count));
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Summarize();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Summarize();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last minute is told at the stop.
        }
    }

    [LoggerMessage(1013, LogLevel.Debug, "{Method} {Path} of {Address} was refused: {Status} {Reason}.")]
    private partial void LogOne(string method, PathString path, IPAddress? address, int status, string reason);

    [LoggerMessage(1014, LogLevel.Information, "Refused in the last minute: {Counts}.")]
    private partial void LogCounts(string counts);

    [LoggerMessage(1015, LogLevel.Warning, "{Address} sent {Count} requests with a wrong token in the last minute.")]
    private partial void LogWrongTokens(IPAddress address, long count);

    [LoggerMessage(1016, LogLevel.Warning, "{Addresses} more addresses sent {Count} requests with a wrong token in the last minute.")]
    private partial void LogMoreWrongTokens(int addresses, long count);
}
