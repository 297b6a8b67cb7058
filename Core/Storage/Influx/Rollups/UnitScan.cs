using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Alerts;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>
/// Serves whole 5-minute buckets from the rollups of units, and leaves the rest to be read raw. The samples of a bucket's units must equal its points,
/// counted after the units were read. Every sample is a point before its unit's rollup is there, and is in one unit only, so equal counts mean
/// the same samples. Cached hours are counted at intervals only.
/// </summary>
internal sealed class UnitScan
{
    // Requests have about this many rows: less than half makes the next slice longer, more than twice makes it shorter.
    private const int RowsAtOnce = 4_000;
    private const long FirstSliceMilliseconds = 86_400_000;

    private readonly InfluxQlClient _client;
    private readonly SampleQuery _query;
    private readonly Aggregation _aggregation;
    private readonly UnitCache _cache;
    private readonly TimeProvider _clock;
    private readonly KindSchema _schema;
    private readonly int _specIndex;
    private readonly string _project;
    private readonly InfluxColumn _time = new("time", isText: false);
    private readonly InfluxColumn _node = new(InfluxSchema.NodeTag, isText: true);
    private readonly InfluxColumn _unit = new(InfluxSchema.UnitField, isText: false);
    private readonly InfluxColumn _part = new(InfluxSchema.PartField, isText: false);
    private readonly InfluxColumn _parts = new(InfluxSchema.PartsField, isText: false);
    private readonly InfluxColumn _bytes = new(InfluxSchema.DataField, isText: true);
    private readonly InfluxRows _rows;
    private readonly RepeatedAlerts _repeated;

    public UnitScan(InfluxQlClient client, SampleQuery query, Aggregation aggregation, UnitCache cache, RepeatedAlerts repeated, TimeProvider clock)
    {
        _repeated = repeated;
        _clock = clock;
        _cache = cache;
        _client = client;
        _query = query;
        _aggregation = aggregation;
        _schema = SampleSchema.Of(query.Kind);
        _specIndex = FindSpec(_schema, query);
        _project = query.Pcode.ToString(CultureInfo.InvariantCulture);
        _rows = new InfluxRows(_time, _node, _unit, _part, _parts, _bytes);
    }

    /// <summary>Whether rollups of units may serve a query.</summary>
    public static bool Fits(SampleQuery query) => FindSpec(SampleSchema.Of(query.Kind), query) >= 0;

    /// <summary>Adds the rollups of a range, and appends to <paramref name="rest"/> what must be read raw: ascending and disjoint.</summary>
    public async ValueTask AddAsync(TimeRange range, List<TimeRange> rest, CancellationToken cancellationToken)
    {
        TimeRange whole = await FindWholeAsync(range, cancellationToken).ConfigureAwait(false);
        if (whole.IsEmpty)
        {
            Append(rest, range);
            return;
        }

        Append(rest, new TimeRange(range.From, whole.From));
        long length = FirstSliceMilliseconds;
        for (TimeRange left = whole; !left.IsEmpty;)
        {
            TimeRange slice = left with { To = Math.Min(left.To, left.From + length) };
            int rows = await AddSliceAsync(slice, rest, cancellationToken).ConfigureAwait(false);
            length = rows < RowsAtOnce / 2 ? length * 2
                : rows > RowsAtOnce * 2 ? Math.Max(InfluxSchema.BucketMilliseconds, InfluxSchema.BucketOf(length / 2))
                : length;
            left = left with { From = slice.To };
        }

        Append(rest, new TimeRange(whole.To, range.To));
    }

    // The first declaration whose rows serve the query, or −1.
    private static int FindSpec(KindSchema schema, SampleQuery query)
    {
        if (query.WindowMilliseconds % InfluxSchema.BucketMilliseconds != 0 || query.WindowOffsetMilliseconds % InfluxSchema.BucketMilliseconds != 0)
        {
            return -1;
        }

        for (int i = 0; i < schema.Rollups.Length; i++)
        {
            if (RollupMatch.Fits(schema, schema.Rollups[i], query))
            {
                return i;
            }
        }

        return -1;
    }

    // Ranges that touch become one, so that they are one request.
    private static void Append(List<TimeRange> rest, TimeRange range)
    {
        if (range.IsEmpty)
        {
            return;
        }

        if (rest.Count > 0 && rest[^1].To == range.From)
        {
            rest[^1] = rest[^1] with { To = range.To };
            return;
        }

        rest.Add(range);
    }

    // The whole buckets of a range, from the first to the last one that any unit is in.
    private async ValueTask<TimeRange> FindWholeAsync(TimeRange range, CancellationToken cancellationToken)
    {
        TimeRange whole = new(InfluxSchema.BucketOf(range.From + InfluxSchema.BucketMilliseconds - 1), InfluxSchema.BucketOf(range.To));
        if (_specIndex < 0 || whole.IsEmpty)
        {
            return default;
        }

        string[] column = [InfluxSchema.PartField];
        long? first = await FirstTimeAsync(Units(column, whole).First(1), cancellationToken).ConfigureAwait(false);
        long? last = await FirstTimeAsync(Units(column, whole).Descending().First(1), cancellationToken).ConfigureAwait(false);
        return first is null || last is null
            ? default
            : new TimeRange(InfluxSchema.BucketOf(first.Value), InfluxSchema.BucketOf(last.Value) + InfluxSchema.BucketMilliseconds);
    }

    private InfluxStatement Units(string[] columns, TimeRange range) => InfluxStatement.Select(InfluxSchema.RollupMeasurement, columns)
        .Where(InfluxSchema.PcodeTag, _project)
        .Where(InfluxSchema.KindTag, _schema.Name)
        .In(range);

    private async ValueTask<long?> FirstTimeAsync(InfluxStatement statement, CancellationToken cancellationToken)
    {
        InfluxColumn time = new("time", isText: false);
        long? first = null;
        await _client.ForEachAsync(
            statement, new InfluxRows(time), row => first ??= InfluxSchema.MillisecondsOf(time.Numbers[row]), cancellationToken).ConfigureAwait(false);
        return first;
    }

    private async ValueTask<int> AddSliceAsync(TimeRange slice, List<TimeRange> rest, CancellationToken cancellationToken)
    {
        // In this order, so that the counted points include the samples of the units.
        Dictionary<long, UnitBucket> units = [];
        int rows = await FindUnitsAsync(slice, units, cancellationToken).ConfigureAwait(false);
        HourRollups hours = new(_query, _specIndex, _cache, _clock);
        hours.Find(slice, units);
        foreach (TimeRange missing in MissingOf(units, hours))
        {
            await ReadPartsAsync(missing, units, cancellationToken).ConfigureAwait(false);
        }

        // InfluxDB counts while this decodes.
        ValueTask<List<(long Bucket, long Points)>> counting = PointCounts.CountAsync(
            _client, _schema, _project, hours.Uncounted(slice), InfluxSchema.BucketMilliseconds, cancellationToken);
        foreach ((long start, UnitBucket bucket) in units)
        {
            if (!hours.Has(start))
            {
                bucket.Decode();
            }
        }

        foreach (UnitSource source in hours.Counted().ToList())
        {
            Use(source);
        }

        List<(long Bucket, long Points)> counts = await counting.ConfigureAwait(false);
        Add(slice, units, hours, CollectionsMarshal.AsSpan(counts), rest);
        return rows + counts.Count;
    }

    // Each hour comes from the cache, else from its buckets.
    private void Add(
        TimeRange slice, Dictionary<long, UnitBucket> units, HourRollups hours, ReadOnlySpan<(long Bucket, long Points)> counts, List<TimeRange> rest)
    {
        while (!counts.IsEmpty)
        {
            long hour = HourRollups.HourOf(counts[0].Bucket);
            int end = 1;
            while (end < counts.Length && HourRollups.HourOf(counts[end].Bucket) == hour)
            {
                end++;
            }

            if (hours.TryUse(hour, counts[..end]) is { } cached)
            {
                Use(cached);
            }
            else
            {
                AddBuckets(hour, slice, units, hours, counts[..end], rest);
            }

            counts = counts[end..];
        }
    }

    private void AddBuckets(
        long hour, TimeRange slice, Dictionary<long, UnitBucket> units, HourRollups hours, ReadOnlySpan<(long Bucket, long Points)> counts,
        List<TimeRange> rest)
    {
        List<(UnitBucket Bucket, List<UnitSource> Sources)> resolved = [];
        foreach ((long start, long points) in counts)
        {
            if (units.GetValueOrDefault(start) is { } bucket && bucket.TryResolve(points) is { } sources)
            {
                resolved.Add((bucket, sources));
            }
            else
            {
                Append(rest, new TimeRange(start, start + InfluxSchema.BucketMilliseconds));
            }
        }

        if (hours.TryMerge(hour, slice, CollectionsMarshal.AsSpan(resolved)) is { } merged)
        {
            Use(merged);
            return;
        }

        foreach ((_, List<UnitSource> sources) in resolved)
        {
            foreach (UnitSource source in sources)
            {
                Use(source);
            }
        }
    }

    // It serves all of its time, so nothing is left over.
    private void Use(UnitSource source) => _aggregation.AddRollups(source, new TimeRange(source.FirstTime, source.LastTime + 1), []);

    // The buckets whose units are not cached: mostly the newest one, and the first when the range of a dashboard moves.
    private static List<TimeRange> MissingOf(Dictionary<long, UnitBucket> units, HourRollups hours)
    {
        List<TimeRange> missing = [];
        foreach ((long start, UnitBucket bucket) in units.OrderBy(static entry => entry.Key))
        {
            if (bucket.NeedsParts && !bucket.MustBeRead && !hours.Has(start))
            {
                Append(missing, new TimeRange(start, start + InfluxSchema.BucketMilliseconds));
            }
        }

        return missing;
    }

    // Finds which units there are, without their rollups.
    private async ValueTask<int> FindUnitsAsync(TimeRange slice, Dictionary<long, UnitBucket> units, CancellationToken cancellationToken)
    {
        string[] columns = [InfluxSchema.NodeTag, InfluxSchema.UnitField, InfluxSchema.PartsField];
        int read = 0;
        await _client.ForEachAsync(
            Units(columns, slice),
            _rows,
            row =>
            {
                read++;
                BucketOf(units, row).Note(Encoding.UTF8.GetString(_node.Text(row)), _unit.Numbers[row], _parts.Numbers[row]);
            },
            cancellationToken).ConfigureAwait(false);
        return read;
    }

    private async ValueTask ReadPartsAsync(TimeRange range, Dictionary<long, UnitBucket> units, CancellationToken cancellationToken)
    {
        string[] columns = [InfluxSchema.NodeTag, InfluxSchema.UnitField, InfluxSchema.PartField, InfluxSchema.PartsField, InfluxSchema.DataField];
        await _client.ForEachAsync(
            Units(columns, range),
            _rows,
            row => BucketOf(units, row).Take(
                Encoding.UTF8.GetString(_node.Text(row)), _unit.Numbers[row], _part.Numbers[row], _parts.Numbers[row], _bytes.Text(row)),
            cancellationToken).ConfigureAwait(false);
    }

    private UnitBucket BucketOf(Dictionary<long, UnitBucket> units, int row)
    {
        long start = InfluxSchema.BucketOf(InfluxSchema.MillisecondsOf(_time.Numbers[row]));
        if (!units.TryGetValue(start, out UnitBucket? bucket))
        {
            bucket = new UnitBucket(_query, _specIndex, start, _cache, mustBeRead: _repeated.Buckets.Contains(start));
            units.Add(start, bucket);
        }

        return bucket;
    }
}
