using System.Globalization;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>
/// Lists samples from their points. Rows are streamed from the latest to the earliest until the page is full, with their ids and the fields of the filters.
/// Where no filter is left to the host, pages far down are found by counts. Then the fields of the page's rows are read.
/// </summary>
internal sealed class PointListing
{
    // This many rows are passed over in less time than a count takes.
    private const long RowsOfCount = 20_000;

    private readonly InfluxQlClient _client;
    private readonly ListQuery _query;
    private readonly TimeRange _range;
    private readonly TimeProvider _clock;
    private readonly CancellationToken _cancellationToken;
    private readonly KindSchema _schema;
    private readonly PushdownPredicates _conditions;
    private readonly RowListing _rows;
    private readonly PageCollector _page;
    private readonly IdentifiedRows _chunk;
    private readonly List<ListedRow> _listed = [];
    private readonly bool _canCount;
    private readonly long? _total;
    private int _chunks;
    private long _matching;

    /// <param name="client">Where the points are.</param>
    /// <param name="query">The query.</param>
    /// <param name="range">The part of its range that is within retention.</param>
    /// <param name="conditions">The filters that InfluxDB applies.</param>
    /// <param name="leftOut">Leaves out further samples; null for none.</param>
    /// <param name="total">The total; null where the list has to find it, if the query wants one.</param>
    /// <param name="clock">The present.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    public PointListing(
        InfluxQlClient client, ListQuery query, TimeRange range, PushdownPredicates conditions, RowFilter? leftOut, long? total,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        _total = total;
        _client = client;
        _query = query;
        _range = range;
        _conditions = conditions;
        _clock = clock;
        _cancellationToken = cancellationToken;
        _schema = SampleSchema.Of(query.Kind);
        _rows = new RowListing(query, range, node: 0, cancellationToken, leftOut is null ? [] : [leftOut]);
        _page = new PageCollector(query);
        _canCount = conditions.IsComplete && leftOut is null;
        _chunk = new IdentifiedRows(_schema, FieldsOfFilters(query, _schema));
    }

    public async ValueTask<SampleList> RunAsync()
    {
        if (_range.IsEmpty)
        {
            return new ListedSamples(_query, [], 0, hasMore: false);
        }

        if (_query.Offset >= _total)
        {
            return new ListedSamples(_query, [], _total.Value, hasMore: false);
        }

        if (_query.CountTotal && !_canCount && _total is null)
        {
            await StreamAsync(_range, countsAll: true).ConfigureAwait(false);
        }
        else
        {
            await FindPageAsync().ConfigureAwait(false);
            _matching = _total ?? (_query.CountTotal ? await CountAsync(_range).ConfigureAwait(false) : 0);
        }

        ListedRow[] rows = _page.Complete();
        ListedSamples list = new(_query, Array.ConvertAll(rows, row => row.Place), _matching, _page.HasMore);
        await new PageFields(_client, _query, _conditions, _cancellationToken).FillAsync(list, rows).ConfigureAwait(false);
        return list;
    }

    private async ValueTask FindPageAsync()
    {
        TimeRange left = _rows.Listed.Intersect(_range);
        if (_canCount && _query.Offset >= RowsOfCount)
        {
            // Only some rows of the cursor's millisecond are behind the cursor, so they are read.
            if (_query.After is { } after && left.To == after.Time + 1)
            {
                await StreamAsync(left with { From = Math.Max(left.From, after.Time) }, countsAll: false).ConfigureAwait(false);
                left = left with { To = after.Time };
            }

            left = await PassOverAsync(left).ConfigureAwait(false);
        }

        await StreamAsync(left, countsAll: false).ConfigureAwait(false);
    }

    // Passes over rows by counting them, and returns the range that is left.
    private async ValueTask<TimeRange> PassOverAsync(TimeRange left)
    {
        long rows = left.IsEmpty ? 0 : await CountAsync(left).ConfigureAwait(false);
        if (rows <= _page.ToPass)
        {
            _page.Pass(rows);
            return left with { From = left.To };
        }

        // The later half holds all rows to pass, or is passed as a whole. Either way half of the range is left.
        TimeRange open = left;
        while (rows > RowsOfCount && open.To - open.From > 1 && _page.ToPass > 0)
        {
            TimeRange later = open with { From = open.From + (open.To - open.From) / 2 };
            long laterRows = await CountAsync(later).ConfigureAwait(false);
            if (laterRows <= _page.ToPass)
            {
                _page.Pass(laterRows);
                (open, rows) = (open with { To = later.From }, rows - laterRows);
            }
            else
            {
                (open, rows) = (later, laterRows);
            }
        }

        return left with { To = open.To };
    }

    private async ValueTask StreamAsync(TimeRange range, bool countsAll)
    {
        // Few samples are later than the present. The slices begin there, so that they are not too long.
        TimeRange left = range;
        long present = _clock.GetUtcNow().ToUnixTimeMilliseconds() + AdaptiveSlice.First;
        long sliceMilliseconds = Math.Max(AdaptiveSlice.First, left.To - Math.Max(left.From, present));
        while (!left.IsEmpty && (countsAll || !_page.IsFull))
        {
            TimeRange slice = left with { From = Math.Max(left.From, left.To - sliceMilliseconds) };
            long started = _clock.GetTimestamp();
            long rows = await StreamSliceAsync(slice, countsAll).ConfigureAwait(false);
            sliceMilliseconds = left.To > present ? AdaptiveSlice.First : AdaptiveSlice.After(sliceMilliseconds, rows, _clock.GetElapsedTime(started));
            left = left with { To = slice.From };
        }
    }

    private async ValueTask<long> StreamSliceAsync(TimeRange slice, bool countsAll)
    {
        InfluxStatement statement = InfluxStatement.Select(_schema.Name, _chunk.Columns).Where(InfluxSchema.PcodeTag, Project).In(slice);
        _conditions.AddTo(statement);
        statement.Descending();
        long rows = 0;
        await using InfluxResponse response = await _client.QueryAsync(statement, _chunk.Rows, _cancellationToken).ConfigureAwait(false);
        while ((countsAll || !_page.IsFull) && await response.ReadAsync().ConfigureAwait(false))
        {
            _chunk.ReadIds();
            rows += _chunk.RowCount;
            _listed.Clear();
            _matching += _rows.Pick(_chunk, _chunks++, _listed);
            foreach (ListedRow row in _listed)
            {
                if (_page.IsFull)
                {
                    break;
                }

                _page.Add(row);
            }
        }

        return rows;
    }

    private string Project => _query.Pcode.ToString(CultureInfo.InvariantCulture);

    private ValueTask<long> CountAsync(TimeRange range) => PointCounts.CountAsync(_client, _schema, Project, range, _conditions, _cancellationToken);

    private static int[] FieldsOfFilters(ListQuery query, KindSchema schema)
    {
        SortedSet<int> fields = [.. query.Filters.Select(filter => filter.Field)];
        if (query.Order == ListOrder.ById)
        {
            fields.Add(schema.Ordinal("id"));
        }

        fields.Remove(KindSchema.Time);
        return [.. fields];
    }
}
