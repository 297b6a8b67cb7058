using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Responses;
using static TimeSeries.Query.Families.Tyk.TykActivity;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>Activity as CSV: the columns are the fields of the JSON, those of <c>id</c> with its name before them.</summary>
internal static class TykCsv
{
    // The longest double.
    private const int MaxNumberBytes = 32;

    private static readonly byte[][] _columns =
    [
        .. new[]
        {
            "id.day", "id.month", "id.year", "id.hour", "id.code", "id.path", "id.key", "id.alias", "id.url", "id.iso_country", "id.api_id", "id.api_name",
            "hits", "success", "error", "last_hit", "request_time", "latency", "upstream_latency", "max_upstream_latency", "min_upstream_latency",
            "max_latency", "min_latency", "p95_latency",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public static async Task WriteAsync(HttpContext context, TykRows rows, Func<QueryResult, int, TykRow> numbersOf)
    {
        await using CsvResponse csv = await CsvResponse.StartAsync(context);
        foreach (byte[] column in _columns)
        {
            csv.Write(Cell.Text(column));
        }

        await csv.EndLineAsync();
        foreach ((QueryResult result, int row) in rows.OfPage())
        {
            TykRow numbers = numbersOf(result, row);
            WriteKey(csv, result, row, numbers);
            WriteNumbers(csv, numbers);
            await csv.EndLineAsync();
        }
    }

    private static void WriteKey(CsvResponse csv, QueryResult result, int row, TykRow numbers)
    {
        Write(csv, numbers.Day);
        Write(csv, numbers.Month);
        Write(csv, numbers.Year);
        Write(csv, numbers.Hour);
        Write(csv, 0);
        csv.Write(Cell.Text(result.KeyText(row, PathPart)));

        // key, alias, url and iso_country.
        csv.Write(Cell.Missing);
        csv.Write(Cell.Missing);
        csv.Write(Cell.Missing);
        csv.Write(Cell.Missing);
        csv.Write(Cell.Text(result.KeyText(row, ApiIdPart)));
        csv.Write(Cell.Text(result.LatestText(row, (int)At.ApiName)));
    }

    private static void WriteNumbers(CsvResponse csv, TykRow numbers)
    {
        Write(csv, numbers.Hits);
        Write(csv, numbers.Success);
        Write(csv, numbers.Error);
        csv.Write(Cell.Text(Encoding.UTF8.GetBytes(numbers.LastHit)));
        Write(csv, numbers.Latency);
        Write(csv, numbers.Latency);
        Write(csv, numbers.UpstreamLatency);
        Write(csv, numbers.MaxUpstreamLatency);
        Write(csv, numbers.MinUpstreamLatency);
        Write(csv, numbers.MaxLatency);
        Write(csv, numbers.MinLatency);
        Write(csv, numbers.P95Latency);
    }

    private static void Write<T>(CsvResponse csv, T number)
        where T : IUtf8SpanFormattable
    {
        Span<byte> room = stackalloc byte[MaxNumberBytes];
        number.TryFormat(room, out int length, default, CultureInfo.InvariantCulture);
        csv.Write(Cell.Fraction(room[..length]));
    }
}
