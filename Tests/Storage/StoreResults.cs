using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage;

/// <summary>Results as lines of text: of a store, and computed from the rows that were written, by other code.</summary>
internal static class StoreResults
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    public static SampleQuery ByService(long pcode, TimeRange range) => Query(pcode, range, "service");

    public static SampleQuery ByAddress(long pcode, TimeRange range) =>
        Query(pcode, range, "remote_ip") with { Filters = [Filter.Present(_schema.Ordinal("remote_ip"))] };

    public static SampleQuery ByTxid(long pcode, TimeRange range) => Query(pcode, range, "txid");

    public static SampleQuery ByMinuteAndStatus(long pcode, TimeRange range) => Query(pcode, range, "status") with { WindowMilliseconds = 60_000 };

    /// <summary>The store's response: a line per group, sorted.</summary>
    public static async Task<string> OfAsync(ISampleReader store, SampleQuery query)
    {
        using QueryResult result = await store.QueryAsync(query, CancellationToken.None);
        return Lines(query, result);
    }

    /// <summary>What the response to one of the queries above must be.</summary>
    public static string Expected(IReadOnlyList<Row> rows, SampleQuery query)
    {
        using RowResult result = new RowReader(rows).Result(query);
        return Lines(query, result);
    }

    private static SampleQuery Query(long pcode, TimeRange range, string field)
    {
        int elapsed = _schema.Ordinal("elapsed");
        return new SampleQuery
        {
            Pcode = pcode,
            Kind = Kind.Transaction,
            Range = range,
            GroupBy = [new GroupField(_schema.Ordinal(field))],
            Measures =
            [
                new(MeasureKind.Count), new(MeasureKind.Sum, elapsed), new(MeasureKind.Min, elapsed), new(MeasureKind.Max, elapsed),
                new(MeasureKind.Count, Condition: RowCondition.Failed),
            ],
        };
    }

    private static string Lines(SampleQuery query, QueryResult result)
    {
        bool isText = _schema.Fields[query.GroupBy[0].Field].IsText;
        List<string> lines = [];
        for (int row = 0; row < result.RowCount; row++)
        {
            string key = result.KeyMissing(row, 0) ? "-"
                : isText ? "=" + Encoding.UTF8.GetString(result.KeyText(row, 0))
                : "=" + result.KeyNumber(row, 0).ToString(CultureInfo.InvariantCulture);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{result.WindowStart(row)} {key} n={result.Count(row, 0)} sum={result.Sum(row, 1)} "
                + $"min={result.Number(row, 2)} max={result.Number(row, 3)} errors={result.Count(row, 4)}"));
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }
}
