using System.Threading.Channels;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>
/// Caches the ids of a project's alerts. The ids of closed units are read once. A query reads only the buckets with new units or open units.
/// Thread safe: one query at a time reads, the others wait for it.
/// </summary>
internal sealed class AlertIdIndex(AlertIdScan scan, TimeProvider clock, long maxBytes)
{
    // Days are read together up to this many unit rows. A busy day alone has more.
    private const int RowsAtOnce = 288;

    // A bucket and the number of its rows.
    private const long BytesPerBucket = 40;

    // How often alerts are counted. A unit's row comes before or with its first alert in a bucket, so rows show what nodes wrote.
    // Counts show what others did to the database. Ids that did not fit are not read again for this long either.
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(10);

    private readonly FifoLock _turn = new();

    // By start, where all units are closed and their ids were read: the number of their rows.
    private readonly Dictionary<long, long> _days = [];
    private readonly Dictionary<long, long> _buckets = [];
    private StoredAlertIds _ids = new();
    private long _counted;
    private bool _hasCounted;
    private long _gaveUp;
    private bool _areTooMany;

    // The last result, the number of alerts it came from, and the start of their range.
    private RepeatedAlerts _repeats = RepeatedAlerts.None;
    private (int Count, long From) _repeatsOf;

    /// <summary>Memory held.</summary>
    public long AllocatedBytes => _ids.AllocatedBytes + (_buckets.Count * BytesPerBucket);

    /// <summary>The repeats among the alerts of a range, which has no end; null when their ids need more memory than allowed.</summary>
    public async ValueTask<RepeatedAlerts?> FindAsync(TimeRange kept, CancellationToken cancellationToken)
    {
        await _turn.BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await FindInTurnAsync(InfluxStatement.Clamp(kept), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.End();
        }
    }

    private async ValueTask<RepeatedAlerts?> FindInTurnAsync(TimeRange kept, CancellationToken cancellationToken)
    {
        if (_areTooMany && clock.GetElapsedTime(_gaveUp) < _period)
        {
            return null;
        }

        _areTooMany = false;
        ForgetOld(kept);
        await ReadChangesAsync(kept, cancellationToken).ConfigureAwait(false);
        bool isDue = !_hasCounted || clock.GetElapsedTime(_counted) >= _period;
        if (isDue && !_areTooMany && !await TryCountAsync(kept, cancellationToken).ConfigureAwait(false))
        {
            Forget();
            await ReadChangesAsync(kept, cancellationToken).ConfigureAwait(false);
            await TryCountAsync(kept, cancellationToken).ConfigureAwait(false);
        }

        GiveUpWhenTooMany();
        if (_areTooMany)
        {
            return null;
        }

        if (_repeatsOf != (_ids.Count, kept.From))
        {
            _repeats = new RepeatedAlerts();
            _ids.FindRepeats(kept.From, _repeats);
            _repeatsOf = (_ids.Count, kept.From);
        }

        return _repeats;
    }

    private async ValueTask ReadChangesAsync(TimeRange kept, CancellationToken cancellationToken)
    {
        List<AlertUnits> days = await scan.UnitsAsync(kept with { From = FirstDay(kept) }, AlertIdScan.DayMilliseconds, cancellationToken).ConfigureAwait(false);
        for (int first = 0; first < days.Count && !_areTooMany;)
        {
            if (!IsChanged(days[first], _days))
            {
                first++;
                continue;
            }

            int end = first;
            for (long rows = 0; end < days.Count && rows < RowsAtOnce && IsChanged(days[end], _days); end++)
            {
                rows += days[end].Rows;
            }

            await ReadDaysAsync(new TimeRange(days[first].Start, days[end - 1].Start + AlertIdScan.DayMilliseconds), cancellationToken).ConfigureAwait(false);
            GiveUpWhenTooMany();
            first = end;
        }
    }

    private async ValueTask ReadDaysAsync(TimeRange range, CancellationToken cancellationToken)
    {
        // In this order, so that the ids read cover at least the units found.
        List<AlertUnits> buckets = await scan.UnitsAsync(range, InfluxSchema.BucketMilliseconds, cancellationToken).ConfigureAwait(false);
        for (int first = 0; first < buckets.Count;)
        {
            int end = first;
            while (end < buckets.Count && IsChanged(buckets[end], _buckets))
            {
                end++;
            }

            if (end > first)
            {
                TimeRange changed = new(buckets[first].Start, buckets[end - 1].Start + InfluxSchema.BucketMilliseconds);
                await scan.ReadAsync(changed, _ids, static _ => { }, cancellationToken).ConfigureAwait(false);
            }

            first = Math.Max(end, first + 1);
        }

        foreach (IGrouping<long, AlertUnits> day in buckets.GroupBy(static bucket => StoredAlertIds.DayOf(bucket.Start)))
        {
            Keep(day, day.Key);
        }
    }

    private void Keep(IEnumerable<AlertUnits> buckets, long day)
    {
        AlertUnits whole = new(day, 0, IsOpen: false);
        foreach (AlertUnits bucket in buckets)
        {
            Keep(bucket, _buckets);
            whole = new AlertUnits(day, whole.Rows + bucket.Rows, whole.IsOpen || bucket.IsOpen);
        }

        Keep(whole, _days);
    }

    private static void Keep(AlertUnits window, Dictionary<long, long> known)
    {
        if (window.IsOpen)
        {
            known.Remove(window.Start);
        }
        else
        {
            known[window.Start] = window.Rows;
        }
    }

    private static bool IsChanged(AlertUnits window, Dictionary<long, long> known) => window.IsOpen || known.GetValueOrDefault(window.Start) != window.Rows;

    // False when indexed alerts are gone from InfluxDB: their repeats count again.
    private async ValueTask<bool> TryCountAsync(TimeRange kept, CancellationToken cancellationToken)
    {
        // Retention may have removed a part of the first day.
        TimeRange days = kept with { From = FirstDay(kept) + AlertIdScan.DayMilliseconds };
        Dictionary<long, long> counts = [];
        foreach ((long day, long alerts) in await scan.CountAsync(days, cancellationToken).ConfigureAwait(false))
        {
            counts.Add(day, alerts);
            if (alerts > _ids.CountOf(day))
            {
                await scan.ReadAsync(new TimeRange(day, day + AlertIdScan.DayMilliseconds), _ids, static _ => { }, cancellationToken).ConfigureAwait(false);
            }
        }

        (_counted, _hasCounted) = (clock.GetTimestamp(), true);
        return _ids.Days.All(day => day < days.From || _ids.CountOf(day) <= counts.GetValueOrDefault(day));
    }

    private static long FirstDay(TimeRange kept) => Math.Max(StoredAlertIds.DayOf(kept.From), InfluxStatement.Clamp(TimeRange.All).From);

    // Ids past their retention are removed once they outnumber the others.
    private void ForgetOld(TimeRange kept)
    {
        long old = _ids.Days.Where(day => day + AlertIdScan.DayMilliseconds <= kept.From).Sum(_ids.CountOf);
        if (old > _ids.Count / 2 || (old > 0 && AllocatedBytes > maxBytes / 2))
        {
            Forget();
        }
    }

    private void GiveUpWhenTooMany()
    {
        if (AllocatedBytes > maxBytes)
        {
            Forget();
            (_gaveUp, _areTooMany) = (clock.GetTimestamp(), true);
        }
    }

    private void Forget()
    {
        _ids = new StoredAlertIds();
        _days.Clear();
        _buckets.Clear();
        _repeats = RepeatedAlerts.None;
        (_repeatsOf, _hasCounted) = (default, false);
    }
}

/// <summary>Lets one caller work at a time, in order of arrival. Needs no disposal, so its owner needs none either. Thread safe.</summary>
internal sealed class FifoLock
{
    private readonly Channel<bool> _free = Channel.CreateBounded<bool>(1);

    public FifoLock() => End();

    /// <summary>Waits for the turn, which <see cref="End"/> must end.</summary>
    public ValueTask<bool> BeginAsync(CancellationToken cancellationToken) => _free.Reader.ReadAsync(cancellationToken);

    public void End() => _free.Writer.TryWrite(true);
}
