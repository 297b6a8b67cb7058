using Microsoft.Extensions.Logging;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Which batches InfluxDB does not take now, and why. It logs each kind of reason once a minute at most, and that all is well again
/// when it logged why not. Thread safe.
/// </summary>
internal sealed partial class SendFaults(TimeProvider clock, ILogger logger)
{
    // Guards everything below.
    private readonly Lock _lock = new();
    private readonly Dictionary<LineBatch, WriteReply> _held = [];
    private readonly LogPeriods _periods = new(clock);
    private WriteReply? _last;
    private bool _isLogged;

    /// <summary>Why InfluxDB takes no lines now, or not all; null when it does.</summary>
    public WriteReply? Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>A batch is held and will be tried again.</summary>
    public void Hold(LineBatch batch, WriteReply reply)
    {
        lock (_lock)
        {
            _held[batch] = reply;
            _last = reply;
            if (!_periods.Begins(reply.Outcome.ToString(), 1, out _))
            {
                return;
            }

            _isLogged = true;
        }

        if (reply.Outcome == WriteOutcome.LimitReached)
        {
            LogLimit(reply.Reason);
        }
        else
        {
            LogHeld(reply.Reason);
        }
    }

    /// <summary>InfluxDB has stored lines of a batch, or refused them for good.</summary>
    public void Release(LineBatch batch)
    {
        lock (_lock)
        {
            if (!_held.Remove(batch))
            {
                return;
            }

            _last = _held.Count == 0 ? null : _held.Values.First();
            if (_last is not null || !_isLogged)
            {
                return;
            }

            _isLogged = false;
        }

        LogReleased();
    }

    [LoggerMessage(1101, LogLevel.Error, "InfluxDB accepts no samples: {Reason}. Samples stay in the WAL and are sent again.")]
    private partial void LogHeld(string reason);

    [LoggerMessage(1109, LogLevel.Error,
        "InfluxDB refuses samples for a limit: {Reason}. Raise the limit of the server, or the retention of the database. "
            + "Samples stay in the WAL and are sent again; once it is full, pushes get 503.")]
    private partial void LogLimit(string reason);

    [LoggerMessage(1102, LogLevel.Information, "InfluxDB accepts samples again.")]
    private partial void LogReleased();
}

/// <summary>When what happens often was logged last, by reason: once a minute is enough for people. Not thread safe.</summary>
internal sealed class LogPeriods(TimeProvider clock)
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    // Reasons are few; more would be texts that differ each time.
    private const int MaxReasons = 100;

    private readonly Dictionary<string, (long LoggedAt, long Unlogged)> _reasons = [];

    /// <summary>Counts an event. Returns whether it is to be logged now, and for how many events since the last time.</summary>
    public bool Begins(string reason, long count, out long total)
    {
        bool isKnown = _reasons.TryGetValue(reason, out (long LoggedAt, long Unlogged) last);
        total = last.Unlogged + count;
        if (isKnown && clock.GetElapsedTime(last.LoggedAt) < _period)
        {
            _reasons[reason] = (last.LoggedAt, total);
            return false;
        }

        if (!isKnown && _reasons.Count >= MaxReasons)
        {
            _reasons.Clear();
        }

        _reasons[reason] = (clock.GetTimestamp(), 0);
        return true;
    }
}
