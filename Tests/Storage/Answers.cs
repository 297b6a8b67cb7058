using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Contract.Oracle;

namespace TimeSeries.Tests.Storage;

/// <summary>Answers as lines of text: asked of a store, and computed from the rows that were written, by other code.</summary>
internal static class Answers
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    public static SampleQuery ByService(long pcode, TimeRange range) => Query(pcode, range, "service");

    public static SampleQuery ByAddress(long pcode, TimeRange range) =>
        Query(pcode, range, "remote_ip") with { Filters = [Filter.Present(_schema.Ordinal("remote_ip"))] };

    public static SampleQuery ByTxid(long pcode, TimeRange range) => Query(pcode, range, "txid");

    public static SampleQuery ByMinuteAndStatus(long pcode, TimeRange range) => Query(pcode, range, "status") with { WindowMilliseconds = 60_000 };

    /// <summary>The store's answer: a line per group, sorted.</summary>
    public static async Task<string> OfAsync(ISampleReader store, SampleQuery query)
    {
        using QueryResult result = await store.QueryAsync(query, CancellationToken.None);
        bool isText = _schema.Fields[query.GroupBy[0].Field].IsText;
        List<string> lines = [];
        for (int row = 0; row < result.RowCount; row++)
        {
            string key = result.KeyMissing(row, 0) ? "-"
                : isText ? "=" + Encoding.UTF8.GetString(result.KeyText(row, 0))
                : "=" + result.KeyNumber(row, 0).ToString(CultureInfo.InvariantCulture);
            lines.Add(Line(result.WindowStart(row), key, result.Count(row, 0), result.Sum(row, 1), result.Number(row, 2), result.Number(row, 3), result.Count(row, 4)));
        }

        return Join(lines);
    }

    /// <summary>What the answer to one of the queries above must be.</summary>
    public static string Expected(IEnumerable<StoredRow> rows, SampleQuery query)
    {
        string field = _schema.Fields[query.GroupBy[0].Field].Name;
        IEnumerable<StoredRow> counted = rows.Where(row => row.Pcode == query.Pcode && query.Range.Contains(row.Time));
        if (!query.Filters.IsEmpty)
        {
            counted = counted.Where(row => row.RemoteIp is not null);
        }

        return Join(counted
            .GroupBy(row => (Window: query.WindowMilliseconds == 0 ? 0 : row.Time / query.WindowMilliseconds * query.WindowMilliseconds, Key: KeyOf(row, field)))
            .Select(group => Line(
                group.Key.Window, group.Key.Key, group.Count(), group.Sum(row => row.Elapsed), group.Min(row => row.Elapsed), group.Max(row => row.Elapsed),
                group.Count(row => row.Error == true))));
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

    private static string KeyOf(StoredRow row, string field)
    {
        string? key = field switch
        {
            "service" => row.Service,
            "remote_ip" => row.RemoteIp,
            "txid" => row.Txid,
            _ => row.Status?.ToString(CultureInfo.InvariantCulture),
        };
        return key is null ? "-" : "=" + key;
    }

    private static string Line(long window, string key, long count, Int128 sum, long least, long greatest, long errors) =>
        string.Create(CultureInfo.InvariantCulture, $"{window} {key} n={count} sum={sum} min={least} max={greatest} errors={errors}");

    private static string Join(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));
}
