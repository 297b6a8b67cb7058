using Microsoft.Extensions.Logging;

namespace TimeSeries.Agent.Delivery;

/// <summary>
/// What the agent tells in the application's log: each thing once when it begins, and again at most once a minute. Never a token or a text of a sample.
/// </summary>
internal sealed partial class DeliveryLog(ILogger<TimeSeriesAgent> logger, TimeProvider clock)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (long At, long Count)> _told = [];
    private bool _isAway;
    private long _dropped;

    /// <summary>Tells of a response that is none of success, and that the server is there again after it was not.</summary>
    public void Respond(SendResult result)
    {
        bool isLater = result.Status is 408 or 425 or 429 or >= 500;
        if (isLater && IsDue("away"))
        {
            LogBusy(result.Status, result.Reason ?? "no reason given");
        }

        if (_isAway && !isLater)
        {
            LogBack();
        }

        _isAway = isLater;
    }

    /// <summary>Tells that there was no response.</summary>
    public void Fail(Exception failure)
    {
        _isAway = true;
        if (IsDue("away"))
        {
            LogAway(failure.GetBaseException().Message);
        }
    }

    /// <summary>Tells that nothing is sent for a while, since people must put something right.</summary>
    public void Pause(SendResult result, TimeSpan pause)
    {
        if (IsDue("pause"))
        {
            LogPause(result.Status, result.Reason ?? "no reason given", pause.TotalSeconds);
        }
    }

    /// <summary>Tells that samples of a batch were rejected.</summary>
    public void Reject(int count, string? reason)
    {
        if (IsDue("reject", count, out long total))
        {
            LogRejected(total, reason ?? "no reason given");
        }
    }

    /// <summary>Tells that a batch as a whole was rejected.</summary>
    public void Refuse(SendResult result, int count)
    {
        if (IsDue("refuse", count, out long total))
        {
            LogRefused(total, result.Status, result.Reason ?? "no reason given");
        }
    }

    /// <summary>Tells how many samples were dropped since this was told before.</summary>
    public void Drop(long dropped, bool isLast)
    {
        if (dropped > _dropped && (IsDue("drop") || isLast))
        {
            LogDropped(dropped - _dropped);
            _dropped = dropped;
        }
    }

    /// <summary>Tells of a fault of the agent itself.</summary>
    public void Fault(Exception fault)
    {
        if (IsDue("fault"))
        {
            LogFault(fault);
        }
    }

    private bool IsDue(string what) => IsDue(what, 1, out _);

    private bool IsDue(string what, long count, out long total)
    {
        bool isKnown = _told.TryGetValue(what, out (long At, long Count) told);
        total = told.Count + count;
        bool isDue = !isKnown || clock.GetElapsedTime(told.At) >= _interval;
        _told[what] = isDue ? (clock.GetTimestamp(), 0) : (told.At, total);
        return isDue;
    }

    [LoggerMessage(5001, LogLevel.Warning, "The TimeSeries server can't be reached: {Reason} Samples wait, the oldest are dropped when there are too many.")]
    private partial void LogAway(string reason);

    [LoggerMessage(5002, LogLevel.Warning, "The TimeSeries server takes no samples just now (status {Status}: {Reason}). They wait and are sent again.")]
    private partial void LogBusy(int status, string reason);

    [LoggerMessage(5003, LogLevel.Information, "The TimeSeries server takes samples again.")]
    private partial void LogBack();

    [LoggerMessage(5004, LogLevel.Error,
        "The TimeSeries server refuses this agent (status {Status}: {Reason}). Check the agent's Endpoint and Token. It is tried again every {Seconds} s.")]
    private partial void LogPause(int status, string reason, double seconds);

    [LoggerMessage(5005, LogLevel.Warning, "The TimeSeries server rejected {Count} samples; the first: {Reason}.")]
    private partial void LogRejected(long count, string reason);

    [LoggerMessage(5006, LogLevel.Error, "The TimeSeries server rejected batches with {Count} samples (status {Status}: {Reason}). They are dropped.")]
    private partial void LogRefused(long count, int status, string reason);

    [LoggerMessage(5007, LogLevel.Warning, "{Count} samples were dropped: more were collected than could be sent.")]
    private partial void LogDropped(long count);

    [LoggerMessage(5008, LogLevel.Error, "A fault of the TimeSeries agent cost samples; the application is not affected.")]
    private partial void LogFault(Exception fault);
}
