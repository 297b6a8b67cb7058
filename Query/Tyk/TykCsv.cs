using TimeSeries.Core.Model;
using TimeSeries.Query.Families;
using static TimeSeries.Query.Tyk.TykActivity;

namespace TimeSeries.Query.Tyk;

/// <summary>Activity as CSV: the columns are the fields of the JSON, those of <c>id</c> with its name before them.</summary>
internal static class TykCsv
{
    private static readonly string[] _columns =
    [
        "id.day", "id.month", "id.year", "id.hour", "id.code", "id.path", "id.key", "id.alias", "id.url", "id.iso_country", "id.api_id", "id.api_name",
        "hits", "success", "error", "last_hit", "request_time", "latency", "upstream_latency", "max_upstream_latency", "min_upstream_latency",
        "max_latency", "min_latency", "p95_latency",
    ];

    public static async Task WriteAsync(HttpContext context, TykRows rows, Func<QueryResult, int, TykRow> numbersOf)
    {
        await using CsvAnswer answer = await CsvAnswer.StartAsync(context, _columns);
        foreach ((QueryResult result, int row) in rows.OfPage())
        {
            Write(answer, result, row, numbersOf(result, row));
            await answer.FlushWhenFullAsync();
        }
    }

    private static void Write(CsvAnswer csv, QueryResult result, int row, TykRow numbers)
    {
        csv.Write(numbers.Day);
        csv.Write(numbers.Month);
        csv.Write(numbers.Year);
        csv.Write(numbers.Hour);
        csv.Write(0);
        csv.Write(result.KeyText(row, PathPart));
        csv.Write(""u8);
        csv.Write(""u8);
        csv.Write(""u8);
        csv.Write(""u8);
        csv.Write(result.KeyText(row, ApiIdPart));
        csv.Write(result.LatestText(row, (int)At.ApiName));
        csv.Write(numbers.Hits);
        csv.Write(numbers.Success);
        csv.Write(numbers.Error);
        csv.Write(System.Text.Encoding.UTF8.GetBytes(numbers.LastHit));
        csv.Write(numbers.Latency);
        csv.Write(numbers.Latency);
        csv.Write(numbers.UpstreamLatency);
        csv.Write(numbers.MaxUpstreamLatency);
        csv.Write(numbers.MinUpstreamLatency);
        csv.Write(numbers.MaxLatency);
        csv.Write(numbers.MinLatency);
        csv.Write(numbers.P95Latency);
        csv.EndRow();
    }
}
