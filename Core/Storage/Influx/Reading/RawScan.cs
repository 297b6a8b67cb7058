using System.Globalization;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Alerts;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>Streams the raw rows of a query into its aggregation, slice of time by slice of time, so that requests stay short.</summary>
internal sealed class RawScan
{
    private readonly InfluxQlClient _client;
    private readonly SampleQuery _query;
    private readonly Aggregation _aggregation;
    private readonly KindSchema _schema;
    private readonly PushdownPredicates _conditions;
    private readonly RepeatedAlerts _repeated;
    private readonly RowChunk _chunk;

    // The same rows with their ids, which repeats are found by; null where there are no repeats.
    private readonly IdentifiedRows? _identified;
    private readonly string[] _selected;
    private long _sliceMilliseconds = AdaptiveSlice.First;

    public RawScan(InfluxQlClient client, SampleQuery query, Aggregation aggregation, PushdownPredicates conditions, RepeatedAlerts repeated)
    {
        _client = client;
        _query = query;
        _aggregation = aggregation;
        _conditions = conditions;
        _repeated = repeated;
        _schema = SampleSchema.Of(query.Kind);
        int[] fields = QueryFields.Of(_schema, query);
        if (repeated.Count > 0)
        {
            _identified = new IdentifiedRows(_schema, fields);
            _chunk = _identified.Chunk;
            _selected = _identified.Columns;
        }
        else
        {
            // A point has a row only where a selected field has a value, and every point has its number.
            _chunk = new RowChunk(_schema, fields);
            _selected = [InfluxSchema.NumberField, .. Array.ConvertAll(fields, field => _schema.Fields[field].Name)];
        }
    }

    /// <summary>Adds every row of a range.</summary>
    public async ValueTask AddAsync(TimeRange range, CancellationToken cancellationToken)
    {
        TimeRange left = InfluxStatement.Clamp(range);
        while (!left.IsEmpty)
        {
            TimeRange slice = left with { To = Math.Min(left.To, left.From + _sliceMilliseconds) };
            long started = _client.Clock.GetTimestamp();
            long rows = await AddSliceAsync(slice, cancellationToken).ConfigureAwait(false);
            _sliceMilliseconds = AdaptiveSlice.After(_sliceMilliseconds, rows, _client.Clock.GetElapsedTime(started));
            left = left with { From = slice.To };
        }
    }

    private async ValueTask<long> AddSliceAsync(TimeRange slice, CancellationToken cancellationToken)
    {
        InfluxStatement statement = InfluxStatement.Select(_schema.Name, _selected)
            .Where(InfluxSchema.PcodeTag, _query.Pcode.ToString(CultureInfo.InvariantCulture)).In(slice);
        _conditions.AddTo(statement);
        long rows = 0;
        await using InfluxResponse response = await _client.QueryAsync(statement, _chunk.Rows, cancellationToken).ConfigureAwait(false);
        while (await response.ReadAsync().ConfigureAwait(false))
        {
            rows += _chunk.RowCount;
            Add(slice);
        }

        return rows;
    }

    private void Add(TimeRange slice)
    {
        if (_identified is null)
        {
            _chunk.TakeTimes();
            _aggregation.Add(_chunk, slice);
            return;
        }

        _identified.ReadIds();
        int first = 0;
        for (int row = 0; row < _chunk.RowCount; row++)
        {
            if (_repeated.Contains(_identified.Id(row)))
            {
                _aggregation.Add(_chunk, first, row, slice);
                first = row + 1;
            }
        }

        _aggregation.Add(_chunk, first, _chunk.RowCount, slice);
    }
}

/// <summary>The length of the slices of time that rows are read in, so that requests stay short.</summary>
internal static class AdaptiveSlice
{
    /// <summary>Length in ms of the first slice.</summary>
    public const long First = 3_600_000;

    // A slice of fewer rows makes the next one twice as long, a slice of more half as long.
    private const long FewRows = 50_000;
    private const long ManyRows = 500_000;

    // InfluxDB may read many rows of which it sends few, and is given up when it sends nothing for INFLUX_TIMEOUT_MS.
    private static readonly TimeSpan _longTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _tooLongTime = TimeSpan.FromSeconds(3);

    /// <summary>Length in ms of the slice after one of a length that had so many rows, which took a time.</summary>
    public static long After(long milliseconds, long rows, TimeSpan elapsed) =>
        rows > ManyRows || elapsed > _tooLongTime ? Math.Max(1, milliseconds / 2)
        : rows < FewRows && elapsed < _longTime ? Math.Min(milliseconds * 2, long.MaxValue >> 2)
        : milliseconds;
}
