using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ui.Data;

/// <summary>A table of the samples of a kind by a field: a row each value, a column each measure. Immutable.</summary>
public sealed class Statistic
{
    // The measures of every query, in this order where the kind has a duration.
    private const int CountAt = 0;
    private const int ErrorsAt = 1;
    private const int SumAt = 2;
    private const int MinAt = 3;
    private const int MaxAt = 4;
    private const int SketchAt = 5;

    private const double MicrosecondsPerMillisecond = 1_000;

    /// <summary>A statistic of samples of a kind by a field of text, with measures of its elapsed where <paramref name="isTimed"/>.</summary>
    public Statistic(string path, string title, Kind kind, string field, string fieldTitle, bool isTimed)
    {
        Path = path;
        Title = title;
        Schema = SampleSchema.Of(kind);
        Field = field;
        FieldTitle = fieldTitle;
        IsTimed = isTimed;
        int elapsed = isTimed ? Schema.Ordinal("elapsed") : Measure.NoField;
        Measures = isTimed
            ?
            [
                new(MeasureKind.Count), new(MeasureKind.Count, Condition: RowCondition.Failed), new(MeasureKind.Sum, elapsed),
                new(MeasureKind.Min, elapsed), new(MeasureKind.Max, elapsed), new(MeasureKind.Sketch, elapsed),
            ]
            : [new(MeasureKind.Count)];
        Columns = isTimed
            ?
            [
                new("count", "Count", new OrderTerm(OrderBy.Measure, CountAt), (result, row) => Whole(result.Count(row, CountAt))),
                new("errors", "Errors", new OrderTerm(OrderBy.Measure, ErrorsAt), (result, row) => Whole(result.Count(row, ErrorsAt))),
                new("avg", "Average, ms", new OrderTerm(OrderBy.Mean, SumAt, CountAt),
                    (result, row) => Milliseconds(result.Count(row, CountAt) == 0 ? double.NaN : (double)result.Sum(row, SumAt) / result.Count(row, CountAt))),
                new("min", "Least, ms", new OrderTerm(OrderBy.Measure, MinAt), (result, row) => Milliseconds(Number(result.Number(row, MinAt)))),
                new("p95", "95th percentile, ms", new OrderTerm(OrderBy.Quantile, SketchAt, Quantile: 0.95),
                    (result, row) => Milliseconds(result.Quantile(row, SketchAt, 0.95))),
                new("max", "Greatest, ms", new OrderTerm(OrderBy.Measure, MaxAt), (result, row) => Milliseconds(Number(result.Number(row, MaxAt)))),
                new("sum", "Total, ms", new OrderTerm(OrderBy.Measure, SumAt), (result, row) => Milliseconds((double)result.Sum(row, SumAt))),
            ]
            : [new("count", "Count", new OrderTerm(OrderBy.Measure, CountAt), (result, row) => Whole(result.Count(row, CountAt)))];
        ApiMeasures = isTimed
            ? "count,error_rate,avg(elapsed),min(elapsed),p95(elapsed),max(elapsed),sum(elapsed)"
            : "count";
    }

    /// <summary>Those that are a view of their own.</summary>
    public static ImmutableArray<Statistic> All { get; } =
    [
        new("transactions", "Transactions", Kind.Transaction, "service", "Service", isTimed: true),
        new("sql", "SQL", Kind.Sql, "sql", "Statement", isTimed: true),
        new("httpc", "HTTP calls", Kind.Httpc, "host", "Host", isTimed: true),
        new("exceptions", "Exceptions", Kind.Exception, "class", "Class", isTimed: false),
        new("remote", "Remote addresses", Kind.Transaction, "remote_ip", "Address", isTimed: true),
    ];

    /// <summary>The view whose rows its rows are; empty for none.</summary>
    public string Path { get; }

    public string Title { get; }

    public KindSchema Schema { get; }

    /// <summary>The name of the field that rows are of.</summary>
    public string Field { get; }

    public string FieldTitle { get; }

    /// <summary>Whether its samples have an elapsed time.</summary>
    public bool IsTimed { get; }

    public ImmutableArray<StatisticColumn> Columns { get; }

    /// <summary>The columns as <c>/api/v1/aggregate</c> names them.</summary>
    public string ApiMeasures { get; }

    private ImmutableArray<Measure> Measures { get; }

    /// <summary>The queries of a page of rows and, where it is asked for, of the sum of all.</summary>
    public SampleQuery[] Queries(long pcode, TimeRange range, ImmutableArray<Filter> filters, string part, string sort, int end, bool hasSum)
    {
        bool descending = !sort.StartsWith('+');
        string name = sort.TrimStart('+', '-');
        OrderTerm order = name == "name" ? new OrderTerm(OrderBy.Key, 0) : (Columns.FirstOrDefault(column => column.Name == name) ?? Columns[0]).Order;
        int field = Schema.Ordinal(Field);
        if (part.Length > 0)
        {
            filters = filters.Add(Filter.OfTexts(field, FilterOperator.ContainsAnyOf, part));
        }

        SampleQuery all = new() { Pcode = pcode, Kind = Schema.Kind, Range = range, Measures = Measures, Filters = filters };
        SampleQuery rows = all with { GroupBy = [new GroupField(field)], Order = [order with { Descending = descending }], Limit = end };
        return hasSum ? [rows, all] : [rows];
    }

    /// <summary>How many samples there are over time, of each of some rows.</summary>
    public SampleQuery Course(long pcode, TimeRange range, ImmutableArray<Filter> filters, IEnumerable<string> names, long windowMilliseconds) => new()
    {
        Pcode = pcode,
        Kind = Schema.Kind,
        Range = range,
        Measures = [new(MeasureKind.Count)],
        WindowMilliseconds = windowMilliseconds,
        GroupBy = [new GroupField(Schema.Ordinal(Field))],
        Filters = filters.Add(Filter.OfTexts(Schema.Ordinal(Field), FilterOperator.AnyOf, [.. names])),
    };

    /// <summary>The name of a row.</summary>
    public static string NameOf(QueryResult result, int row) => result.KeyMissing(row, 0) ? "" : Encoding.UTF8.GetString(result.KeyText(row, 0));

    internal static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Milliseconds(double microseconds) =>
        double.IsNaN(microseconds) ? "–" : (microseconds / MicrosecondsPerMillisecond).ToString("#,##0.###", CultureInfo.InvariantCulture);

    private static double Number(long stored) => stored == NumberColumn.Missing ? double.NaN : stored;
}

/// <summary>A column of a statistic.</summary>
/// <param name="Name">Its name in an address.</param>
/// <param name="Title">What its head says.</param>
/// <param name="Order">How rows are sorted by it.</param>
/// <param name="Show">The text of a row's value.</param>
public sealed record StatisticColumn(string Name, string Title, OrderTerm Order, Func<QueryResult, int, string> Show);
