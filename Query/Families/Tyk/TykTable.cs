using System.Globalization;
using System.Text;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Times;
using static TimeSeries.Query.Families.Tyk.TykActivity;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>
/// Writes rows of activity: as the vendor's JSON, <c>{"data":[…],"pages":n}</c>, or as CSV with the same columns, where those of <c>id</c> have its name
/// before theirs. Numbers are in milliseconds; means are exact, extremes cut to whole ones. Owned by one request.
/// </summary>
internal sealed class TykTable(TykRows rows, TykResolution resolution, ZoneOffset zone)
{
    // The columns of the object id come first. What this statistic does not tell apart is 0 or empty there.
    private const int IdColumns = 12;

    private static readonly Column[] _columns =
    [
        new("day", static (table, result, row) => table.TimePart(result, row, TykResolution.Day, static time => time.Day)),
        new("month", static (table, result, row) => table.TimePart(result, row, TykResolution.Month, static time => time.Month)),
        new("year", static (table, result, row) => table.TimePart(result, row, TykResolution.Month, static time => time.Year)),
        new("hour", static (table, result, row) => table.TimePart(result, row, TykResolution.Hour, static time => time.Hour)),
        new("code", static (table, _, _) => table.Number(0)),
        new("path", static (_, result, row) => Cell.Text(result.KeyText(row, PathPart))),
        new("key", static (_, _, _) => Cell.Text(default)),
        new("alias", static (_, _, _) => Cell.Text(default)),
        new("url", static (_, _, _) => Cell.Text(default)),
        new("iso_country", static (_, _, _) => Cell.Text(default)),
        new("api_id", static (_, result, row) => Cell.Text(result.KeyText(row, ApiIdPart))),
        new("api_name", static (_, result, row) => Cell.Text(result.LatestText(row, (int)At.ApiName))),
        new("hits", static (table, result, row) => table.Number(result.Count(row, (int)At.Hits))),
        new("success", static (table, result, row) => table.Number(result.Count(row, (int)At.Success))),
        new("error", static (table, result, row) => table.Number(result.Count(row, (int)At.Error))),
        new("last_hit", static (table, result, row) => table.LastHit(result, row)),
        new("request_time", static (table, result, row) => table.Mean(result, row, At.Sum)),
        new("latency", static (table, result, row) => table.Mean(result, row, At.Sum)),
        new("upstream_latency", static (table, result, row) => table.Mean(result, row, At.UpstreamSum)),
        new("max_upstream_latency", static (table, result, row) => table.Extreme(result, row, At.UpstreamMax)),
        new("min_upstream_latency", static (table, result, row) => table.Least(result, row, At.UpstreamMinOfSound, At.UpstreamMin)),
        new("max_latency", static (table, result, row) => table.Extreme(result, row, At.Max)),
        new("min_latency", static (table, result, row) => table.Least(result, row, At.MinOfSound, At.Min)),

        // Not the vendor's, after those that are.
        new("p95_latency", static (table, result, row) =>
            table.Number(ExactMath.SketchMilliseconds(result.Quantile(row, (int)At.Sketch, 0.95)))),
    ];

    private readonly byte[] _room = new byte[DecimalText.MaxLength];

    private delegate Cell Reader(TykTable table, QueryResult result, int row);

    public async Task WriteJsonAsync(HttpContext context)
    {
        await using JsonResponse response = await JsonResponse.StartAsync(context);
        Utf8JsonWriter json = response.Json;
        JsonValueWriter writer = new(json);
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach ((QueryResult result, int row) in rows.OfPage())
        {
            json.WriteStartObject();
            json.WriteStartObject("id"u8);
            for (int column = 0; column < _columns.Length; column++)
            {
                if (column == IdColumns)
                {
                    json.WriteEndObject();
                }

                writer.WriteName(_columns[column].Utf8Name);
                writer.WriteCell(_columns[column].Read(this, result, row));
            }

            json.WriteEndObject();
            await response.FlushWhenFullAsync();
        }

        json.WriteEndArray();
        json.WriteNumber("pages"u8, rows.Pages);
        json.WriteEndObject();
    }

    public async Task WriteCsvAsync(HttpContext context)
    {
        await using CsvResponse response = await CsvResponse.StartAsync(context);
        for (int column = 0; column < _columns.Length; column++)
        {
            response.Write(Cell.Text(Encoding.UTF8.GetBytes((column < IdColumns ? "id." : "") + _columns[column].Name)));
        }

        await response.EndLineAsync();
        foreach ((QueryResult result, int row) in rows.OfPage())
        {
            foreach (Column column in _columns)
            {
                response.Write(column.Read(this, result, row));
            }

            await response.EndLineAsync();
        }
    }

    // A row's time is that of its last hit, cut to the resolution.
    private Cell TimePart(QueryResult result, int row, TykResolution least, Func<DateTimeOffset, int> part) =>
        Number(resolution >= least ? part(zone.Show(result.Number(row, (int)At.LastHit))) : 0);

    // RFC 3339, with milliseconds.
    private Cell LastHit(QueryResult result, int row)
    {
        DateTimeOffset time = zone.Show(result.Number(row, (int)At.LastHit));
        string text = string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd'T'HH:mm:ss.fff}{zone}");
        return Cell.Text(_room.AsSpan(0, Encoding.UTF8.GetBytes(text, _room)));
    }

    private Cell Mean(QueryResult result, int row, At sum) =>
        Number(ExactQuotient.Of(result.Sum(row, (int)sum), (Int128)result.Count(row, (int)At.Hits) * ExactMath.MicrosecondsPerMillisecond));

    // Errors are often quick, and would hide how quick a success is.
    private Cell Least(QueryResult result, int row, At ofSound, At ofAll) =>
        Extreme(result, row, result.Count(row, (int)At.Error) < result.Count(row, (int)At.Hits) ? ofSound : ofAll);

    // 0 where no sample has a value.
    private Cell Extreme(QueryResult result, int row, At measure)
    {
        long microseconds = result.Number(row, (int)measure);
        return Number(microseconds == NumberColumn.Missing ? 0 : (long)ExactMath.Milliseconds(microseconds));
    }

    private Cell Number<T>(T value)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(_room, out int length, default, CultureInfo.InvariantCulture);
        return Cell.Fraction(_room.AsSpan(0, length));
    }

    private sealed record Column(string Name, Reader Read)
    {
        public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);
    }
}
