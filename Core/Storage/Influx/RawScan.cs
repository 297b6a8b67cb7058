using System.Globalization;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>Streams the raw rows of a query into its aggregation, slice of time by slice of time, so that no request is longer than it must be.</summary>
internal sealed class RawScan
{
    // A slice of fewer rows makes the next one twice as long, a slice of more half as long.
    private const long FewRows = 50_000;
    private const long ManyRows = 500_000;
    private const long FirstSliceMilliseconds = 3_600_000;

    // Most terms of one condition; a longer list is left to the host, which filters anyway.
    private const int MaxTerms = 100;

    private readonly InfluxQlClient _client;
    private readonly SampleQuery _query;
    private readonly Aggregation _aggregation;
    private readonly KindSchema _schema;
    private readonly RowChunk _chunk;
    private readonly string[] _selected;
    private readonly string[] _oids;
    private readonly RepeatedAlerts _repeated;
    private readonly AnswerColumn _node = new(InfluxSchema.NodeTag, isText: true);
    private long _sliceMilliseconds = FirstSliceMilliseconds;

    public RawScan(InfluxQlClient client, SampleQuery query, Aggregation aggregation, RepeatedAlerts repeated)
    {
        _client = client;
        _query = query;
        _aggregation = aggregation;
        _repeated = repeated;
        _schema = SampleSchema.Of(query.Kind);
        int[] fields = QueryFields.Of(_schema, query);
        AnswerColumn[] extra = repeated.Count == 0 ? [] : [_node];
        _chunk = new RowChunk(_schema, fields, extra);

        // A point has a row only where one of the fields asked for has a value, and every point has its number.
        List<string> selected = [InfluxSchema.NumberField];
        foreach (int field in fields)
        {
            selected.Add(_schema.Fields[field].Name);
        }

        if (extra.Length > 0)
        {
            selected.Add(InfluxSchema.NodeTag);
        }

        _selected = [.. selected];
        _oids = OidsOf(query);
    }

    /// <summary>Adds every row of a range.</summary>
    public async ValueTask AddAsync(TimeRange range, CancellationToken cancellationToken)
    {
        TimeRange left = InfluxStatement.Clamp(range);
        while (!left.IsEmpty)
        {
            TimeRange slice = left with { To = Math.Min(left.To, left.From + _sliceMilliseconds) };
            long rows = await AddSliceAsync(slice, cancellationToken).ConfigureAwait(false);
            _sliceMilliseconds = rows < FewRows ? Math.Min(_sliceMilliseconds * 2, long.MaxValue >> 2) : rows > ManyRows ? Math.Max(1, _sliceMilliseconds / 2) : _sliceMilliseconds;
            left = left with { From = slice.To };
        }
    }

    // The agents that a query is of, where it names them: the one filter that is a tag's too.
    private static string[] OidsOf(SampleQuery query)
    {
        foreach (Filter filter in query.Filters)
        {
            if (filter is { Field: KindSchema.Oid, Operator: FilterOperator.AnyOf } && !filter.Numbers.Contains(NumberColumn.Missing))
            {
                return [.. filter.Numbers.Select(oid => oid.ToString(CultureInfo.InvariantCulture)).Distinct()];
            }
        }

        return [];
    }

    private async ValueTask<long> AddSliceAsync(TimeRange slice, CancellationToken cancellationToken)
    {
        InfluxStatement statement = InfluxStatement.Select(_schema.Name, _selected)
            .Where(InfluxSchema.PcodeTag, _query.Pcode.ToString(CultureInfo.InvariantCulture)).In(slice);
        if (_oids.Length is > 0 and <= MaxTerms)
        {
            statement.WhereAny(InfluxSchema.OidTag, _oids);
        }

        long rows = 0;
        await using InfluxAnswer answer = await _client.AskAsync(statement, _chunk.Rows, cancellationToken).ConfigureAwait(false);
        while (await answer.ReadAsync().ConfigureAwait(false))
        {
            rows += _chunk.RowCount;
            Add(slice);
        }

        return rows;
    }

    private void Add(TimeRange slice)
    {
        if (_repeated.Count == 0)
        {
            _chunk.TakeTimes();
            _aggregation.Add(_chunk, slice);
            return;
        }

        // Which rows are repeats is known by their place, which is gone once times are taken.
        List<int> repeats = [];
        for (int row = 0; row < _chunk.RowCount; row++)
        {
            if (_repeated.Contains(_chunk.Rows[0].Numbers[row], _node.Text(row)))
            {
                repeats.Add(row);
            }
        }

        _chunk.TakeTimes();
        int first = 0;
        foreach (int repeat in repeats)
        {
            _aggregation.Add(_chunk, first, repeat, slice);
            first = repeat + 1;
        }

        _aggregation.Add(_chunk, first, _chunk.RowCount, slice);
    }
}
