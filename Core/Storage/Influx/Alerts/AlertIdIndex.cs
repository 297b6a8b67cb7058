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

    // The buckets where all units are closed and their ids were read, by start: the number of their rows.
    private readonly Dictionary<long, long> _buckets = [];
    private StoredAlertIds _ids = new();
    private long? _counted;
    private long? _gaveUp;

    // The last result, the number of alerts it came from, and the start of their range.
    private RepeatedAlerts _repeats = RepeatedAlerts.None;
    private (int Count, long From) _repeatsOf;

    /// <summary>Memory held.</summary>
    public long AllocatedBytes => _ids.AllocatedBytes + (_buckets.Count * BytesPerBucket);

    private bool IsTooLarge => AllocatedBytes > maxBytes;

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
        if (_gaveUp is { } gaveUp && clock.GetElapsedTime(gaveUp) < _period)
        {
            return null;
        }

        ForgetOld(kept);
        if (!await TryUpdateAsync(kept, cancellationToken).ConfigureAwait(false))
        {
            Forget();
            await TryUpdateAsync(kept, cancellationToken).ConfigureAwait(false);
        }

        _gaveUp = IsTooLarge ? clock.GetTimestamp() : null;
        if (_gaveUp is not null)
        {
            Forget();
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

    // False when indexed alerts are gone from InfluxDB: their repeats count again.
    private async ValueTask<bool> TryUpdateAsync(TimeRange kept, CancellationToken cancellationToken)
    {
        long firstDay = Math.Max(StoredAlertIds.DayOf(kept.From), InfluxStatement.Clamp(TimeRange.All).From);
        await ReadChangesAsync(kept with { From = firstDay }, cancellationToken).ConfigureAwait(false);
        bool isCounted = _counted is { } counted && clock.GetElapsedTime(counted) < _period;

        // Retention may have removed a part of the first day.
        return isCounted || IsTooLarge
            || await TryCountAsync(kept with { From = firstDay + AlertIdScan.DayMilliseconds }, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ReadChangesAsync(TimeRange kept, CancellationToken cancellationToken)
    {
        List<AlertUnits> days = await scan.UnitsAsync(kept, AlertIdScan.DayMilliseconds, cancellationToken).ConfigureAwait(false);
        for (int first = 0; first < days.Count && !IsTooLarge;)
        {
            int end = first;
            for (long rows = 0; end < days.Count && rows < RowsAtOnce && IsChanged(days[end], AlertIdScan.DayMilliseconds); end++)
            {
                rows += days[end].Rows;
            }

            if (end > first)
            {
                TimeRange changed = new(days[first].Start, days[end - 1].Start + AlertIdScan.DayMilliseconds);
                await ReadDaysAsync(changed, cancellationToken).ConfigureAwait(false);
            }

            first = Math.Max(end, first + 1);
        }
    }

    private async ValueTask ReadDaysAsync(TimeRange range, CancellationToken cancellationToken)
    {
        // In this order, so that the ids read cover at least the units found.
        List<AlertUnits> buckets = await scan.UnitsAsync(range, InfluxSchema.BucketMilliseconds, cancellationToken).ConfigureAwait(false);
        for (int first = 0; first < buckets.Count;)
        {
            int end = first;
            while (end < buckets.Count && IsChanged(buckets[end], InfluxSchema.BucketMilliseconds))
            {
                end++;
            }

            if (end > first)
            {
                TimeRange changed = new(buckets[first].Start, buckets[end - 1].Start + InfluxSchema.BucketMilliseconds);
                await scan.ReadAsync(changed, _ids, null, cancellationToken).ConfigureAwait(false);
            }

            first = Math.Max(end, first + 1);
        }

        for (long start = range.From; start < range.To; start += InfluxSchema.BucketMilliseconds)
        {
            _buckets.Remove(start);
        }

        foreach (AlertUnits bucket in buckets.Where(static bucket => !bucket.IsOpen))
        {
            _buckets.Add(bucket.Start, bucket.Rows);
        }
    }

    // Whether a day or bucket has an open unit, or other rows than those whose ids were read.
    private bool IsChanged(AlertUnits window, long milliseconds)
    {
        long rows = 0;
        for (long bucket = window.Start; bucket < window.Start + milliseconds; bucket += InfluxSchema.BucketMilliseconds)
        {
            rows += _buckets.GetValueOrDefault(bucket);
        }

        return window.IsOpen || window.Rows != rows;
    }

    private async ValueTask<bool> TryCountAsync(TimeRange days, CancellationToken cancellationToken)
    {
        Dictionary<long, long> counts = [];
        foreach ((long day, long alerts) in await scan.CountAsync(days, cancellationToken).ConfigureAwait(false))
        {
            counts.Add(day, alerts);
            if (alerts > _ids.CountOf(day))
            {
                await scan.ReadAsync(new TimeRange(day, day + AlertIdScan.DayMilliseconds), _ids, null, cancellationToken).ConfigureAwait(false);
            }
        }

        _counted = clock.GetTimestamp();
        return _ids.Days.All(day => day < days.From || _ids.CountOf(day) <= counts.GetValueOrDefault(day));
    }

    // Ids past their retention are removed once they outnumber the others.
    private void ForgetOld(TimeRange kept)
    {
        long old = _ids.Days.Where(day => day + AlertIdScan.DayMilliseconds <= kept.From).Sum(_ids.CountOf);
        if (old > _ids.Count / 2 || (old > 0 && AllocatedBytes > maxBytes / 2))
        {
            Forget();
        }
    }

    private void Forget()
    {
        _ids = new StoredAlertIds();
        _buckets.Clear();
        _repeats = RepeatedAlerts.None;
        (_repeatsOf, _counted) = (default, null);
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
