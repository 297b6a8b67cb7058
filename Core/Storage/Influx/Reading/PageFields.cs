using System.Globalization;
using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>Reads the fields of a page's rows. Rows that are near each other share a request, so that few other rows are read.</summary>
internal sealed class PageFields
{
    // Reading this many rows takes about as long as one more request.
    private const long RowsOfRequest = 300;

    // More rows than a chunk has, so that those of different chunks are far from each other.
    private const long RowsOfChunk = 1 << 14;

    private readonly InfluxQlClient _client;
    private readonly ListQuery _query;
    private readonly PushdownPredicates _conditions;
    private readonly CancellationToken _cancellationToken;
    private readonly KindSchema _schema;
    private readonly IdentifiedRows _chunk;
    private readonly Dictionary<SampleId, int> _open = [];

    public PageFields(InfluxQlClient client, ListQuery query, PushdownPredicates conditions, CancellationToken cancellationToken)
    {
        _client = client;
        _query = query;
        _conditions = conditions;
        _cancellationToken = cancellationToken;
        _schema = SampleSchema.Of(query.Kind);
        _chunk = new IdentifiedRows(_schema, [.. query.Fields.Where(field => field != KindSchema.Time).Distinct().Order()]);
    }

    /// <summary>Fills a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="rows">Its rows in its order. Their positions show how many other rows lie between them.</param>
    /// <exception cref="InfluxQueryException">A row is gone, or InfluxDB gave no complete response.</exception>
    public async ValueTask FillAsync(ListedSamples page, ListedRow[] rows)
    {
        for (int first = 0; first < rows.Length && _query.Fields.Length > 0;)
        {
            int end = first + 1;
            while (end < rows.Length && (rows[end].Place.Time == rows[first].Place.Time || Distance(rows[end - 1], rows[end]) <= RowsOfRequest))
            {
                end++;
            }

            for (int row = first; row < end; row++)
            {
                _open.Add(rows[row].Place, row);
            }

            await FillAsync(page, new TimeRange(rows[end - 1].Place.Time, rows[first].Place.Time + 1)).ConfigureAwait(false);
            first = end;
        }
    }

    private static long Distance(in ListedRow one, in ListedRow other) =>
        Math.Abs((other.ChunkIndex - one.ChunkIndex) * RowsOfChunk + other.Row - one.Row);

    private async ValueTask FillAsync(ListedSamples page, TimeRange range)
    {
        InfluxStatement statement = InfluxStatement.Select(_schema.Name, _chunk.Columns)
            .Where(InfluxSchema.PcodeTag, _query.Pcode.ToString(CultureInfo.InvariantCulture)).In(range);
        _conditions.AddTo(statement);
        await using InfluxResponse response = await _client.QueryAsync(statement, _chunk.Rows, _cancellationToken).ConfigureAwait(false);
        while (await response.ReadAsync().ConfigureAwait(false))
        {
            _chunk.ReadIds();
            Copy(page);
        }

        if (_open.Count > 0)
        {
            throw new InfluxQueryException(
                InfluxQueryFailure.Partial,
                "InfluxDB lost samples while they were listed (its retention is shorter than Storage:Retention, or they were deleted).");
        }
    }

    private void Copy(ListedSamples page)
    {
        List<int> from = [];
        List<int> to = [];
        for (int row = 0; row < _chunk.RowCount; row++)
        {
            if (_open.Remove(_chunk.Id(row), out int at))
            {
                from.Add(row);
                to.Add(at);
            }
        }

        page.Copy(_chunk, [.. from], [.. to]);
    }
}
