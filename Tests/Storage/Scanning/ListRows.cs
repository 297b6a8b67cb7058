using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>Samples and queries for lists from a seed, and lists as lines of text.</summary>
internal sealed class ListRows(Random random)
{
    public const long Start = 1_700_000_000_000;

    private static readonly KindSchema _alert = SampleSchema.Of(Kind.Alert);
    private static readonly string[] _severities = ["Info", "Warning", "Critical"];
    private static readonly string[] _levels = ["EVENT", "ALARM", "ALERT"];

    // Few fields, so that tests may write many rows.
    private readonly RowGenerator _generator = new(random) { MayHave = field => field.Name is "oid" or "status" or "description" or "labels" };

    /// <summary>Rows whose times mostly advance, many of them equal, some of them late.</summary>
    public Row[] Batch(Kind kind, long pcode, int count, long second) =>
        [.. Enumerable.Range(0, count).Select(_ => _generator.Row(SampleSchema.Of(kind), Start + (1_000 * Second(second)), pcode))];

    /// <summary>A query with any order, cursor, filters and page over the rows.</summary>
    public ListQuery AnyQuery(Kind kind, long pcode, IReadOnlyList<Row> rows)
    {
        ListOrder order = (ListOrder)random.Next(kind == Kind.Alert ? 3 : 2);
        long total = rows.Count(row => row.Kind == kind && row.Pcode == pcode);
        return new ListQuery
        {
            Pcode = pcode,
            Kind = kind,
            Range = Range(rows),
            Fields = [.. Enumerable.Range(0, SampleSchema.Of(kind).Fields.Length)],
            Filters = [.. Enumerable.Range(0, Math.Max(0, random.Next(4) - 1)).Select(_ => Filter(kind, rows))],
            Order = order,
            Offset = random.Next(8) switch { 0 => long.MaxValue, 1 => total, 2 or 3 => random.NextInt64(total + 1), 4 => random.Next(20), _ => 0 },
            Limit = random.Next(6) == 0 ? 1 + random.Next(1_000) : 1 + random.Next(20),
            CountTotal = random.Next(2) == 0,
            After = order != ListOrder.ById && random.Next(3) == 0 ? Place(kind, pcode, rows) : null,
        };
    }

    /// <summary>A list as text, place and fields of each row.</summary>
    public static string Lines(ListQuery query, SampleList list) => Lines(query, list, list.Total, list.HasMore, [.. Enumerable.Range(0, list.RowCount)]);

    /// <summary>What a list must be, from the naive reader's rows of the same range and filters without page and place.</summary>
    public static async Task<string> ExpectedAsync(ListQuery query, IReadOnlyList<Row> rows)
    {
        SampleList all = await new RowReader(rows)
            .ListAsync(query with { After = null, Offset = 0, Limit = int.MaxValue, CountTotal = true }, CancellationToken.None);
        List<int> behind = [.. Enumerable.Range(0, all.RowCount).Where(row => query.After is not { } after || IsBehind(query, all.Place(row), after))];
        int[] page = [.. behind.Skip((int)Math.Min(query.Offset, int.MaxValue)).Take(query.Limit)];
        return Lines(query, all, query.CountTotal ? all.Total : -1, query.Offset < behind.Count - page.Length, page);
    }

    private static bool IsBehind(ListQuery query, SampleId row, SampleId after) => row.Time != after.Time
        ? row.Time < after.Time
        : query.Order == ListOrder.LastArrivalFirst ? row.Number < after.Number : row.Number > after.Number;

    private static string Lines(ListQuery query, SampleList list, long total, bool hasMore, int[] rows)
    {
        StringBuilder lines = new();
        lines.Append(CultureInfo.InvariantCulture, $"total {total} more {hasMore}\n");
        foreach (int row in rows)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{list.Place(row).Time} #{list.Place(row).Number}");
            for (int field = 0; field < query.Fields.Length; field++)
            {
                bool isText = SampleSchema.Of(query.Kind).Fields[query.Fields[field]].IsText;
                string value = isText ? Encoding.UTF8.GetString(list.Text(row, field)) : list.Number(row, field).ToString(CultureInfo.InvariantCulture);
                lines.Append(list.IsMissing(row, field) ? " -" : " " + value);
            }

            lines.Append('\n');
        }

        return lines.ToString();
    }

    private long Second(long second) => random.Next(10) == 0 ? random.NextInt64(second + 1) : second + random.Next(5);

    private TimeRange Range(IReadOnlyList<Row> rows)
    {
        if (random.Next(2) == 0 || rows.Count == 0)
        {
            return TimeRange.All;
        }

        long one = Pick(rows).Time + random.Next(2);
        long other = Pick(rows).Time + random.Next(2);
        return new TimeRange(Math.Min(one, other), Math.Max(one, other));
    }

    private SampleId? Place(Kind kind, long pcode, IReadOnlyList<Row> rows)
    {
        List<int> own = [.. Enumerable.Range(0, rows.Count).Where(number => rows[number].Kind == kind && rows[number].Pcode == pcode)];
        return own.Count == 0 ? null : Pick(own) is int at ? new SampleId(rows[at].Time, StoreUnderTest.NodeId, at) : null;
    }

    private Filter Filter(Kind kind, IReadOnlyList<Row> rows)
    {
        if (kind != Kind.Alert)
        {
            int status = SampleSchema.Of(Kind.Transaction).Ordinal("status");
            return kind == Kind.Event
                ? Core.Model.Queries.Filter.OfTexts(SampleSchema.Of(kind).Ordinal("level"), FilterOperator.AnyOf, Pick(_levels))
                : random.Next(6) switch
                {
                    0 => Core.Model.Queries.Filter.OfNumbers(status, FilterOperator.GreaterThanAnyOf, 400),
                    1 => Core.Model.Queries.Filter.OfNumbers(status, FilterOperator.LessThanAnyOf, 300, 250),
                    2 => Core.Model.Queries.Filter.OfNumbers(status, FilterOperator.NoneOf, NumberColumn.Missing, 404),
                    3 => Core.Model.Queries.Filter.OfNumbers(KindSchema.Oid, FilterOperator.AnyOf, -1, 2, 7),
                    4 => Core.Model.Queries.Filter.OfNumbers(KindSchema.Oid, FilterOperator.AnyOf, NumberColumn.Missing, 0),
                    _ => Core.Model.Queries.Filter.Present(status),
                };
        }

        return random.Next(7) switch
        {
            0 => Core.Model.Queries.Filter.OfTexts(_alert.Ordinal("severity"), FilterOperator.AnyOf, Pick(_severities)),
            1 => Core.Model.Queries.Filter.OfTexts(_alert.Ordinal("severity"), FilterOperator.NoneOf, Pick(_severities)),
            2 => Core.Model.Queries.Filter.OfTexts(_alert.Ordinal("source"), FilterOperator.ContainsAnyOf, "SOURCE-1"),
            3 => Core.Model.Queries.Filter.OfTexts(_alert.Ordinal("labels"), FilterOperator.HasEntryAnyOf, "\"line\":\"3\""),
            4 => Core.Model.Queries.Filter.Present(_alert.Ordinal("description")),
            5 => Core.Model.Queries.Filter.OfTexts(_alert.Ordinal("id"), FilterOperator.AnyOf, Ids(rows)),
            _ => Core.Model.Queries.Filter.OfTexts(_alert.Ordinal("description"), FilterOperator.AnyOf, "", "short"),
        };
    }

    private System.Collections.Immutable.ImmutableArray<string> Ids(IReadOnlyList<Row> rows)
    {
        List<string> ids = [.. rows.Where(row => row.Kind == Kind.Alert).Select(row => (string)row[_alert.Ordinal("id")]!)];
        return [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => ids.Count == 0 || random.Next(4) == 0 ? _generator.NextId() : Pick(ids))];
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
