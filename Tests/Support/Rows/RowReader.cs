using System.Numerics;
using System.Text;
using System.Text.Json;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>Answers queries by looking at every row, in the plainest way there is.</summary>
internal sealed class RowReader(IReadOnlyList<Row> rows) : ISampleReader
{
    /// <summary>Runs before each answer: what a test wants a scan to do (wait, fail).</summary>
    public Func<SampleQuery, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The same for questions for samples themselves.</summary>
    public Func<ListQuery, CancellationToken, Task> BeforeList { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The queries that came.</summary>
    public List<SampleQuery> Asked { get; } = [];

    public async ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken)
    {
        lock (Asked)
        {
            Asked.Add(query);
        }

        await Before(query, cancellationToken);
        List<RowGroup> groups = [.. rows
            .Where(row => row.Pcode == query.Pcode && row.Kind == query.Kind && query.Range.Contains(row.Time))
            .Where(row => query.Filters.All(filter => Holds(filter, row[filter.Field])))
            .GroupBy(row => new RowGroup.Key(Window(row.Time, query), [.. query.GroupBy.Select(part => row[part.Field] ?? part.MissingAs)]))
            .Select(group => new RowGroup(group.Key, [.. group], query))];
        groups.Sort((left, right) => Compare(left, right, query));
        return new RowResult(query, [.. groups.Take(query.Limit)], groups.Count);
    }

    public async ValueTask<SampleList> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        await BeforeList(query, cancellationToken);
        List<(Row Row, SampleId Place)> found = [.. rows
            .Select((row, number) => (Row: row, Place: new SampleId(row.Time, 1, number)))
            .Where(row => row.Row.Pcode == query.Pcode && row.Row.Kind == query.Kind && query.Range.Contains(row.Row.Time))
            .Where(row => query.Filters.All(filter => Holds(filter, row.Row[filter.Field])))];
        found.Sort((left, right) => right.Row.Time != left.Row.Time ? right.Row.Time.CompareTo(left.Row.Time) : query.Order switch
        {
            ListOrder.FirstArrivalFirst => left.Place.Number.CompareTo(right.Place.Number),
            ListOrder.LastArrivalFirst => right.Place.Number.CompareTo(left.Place.Number),
            ListOrder.ById => CompareParts(left.Row[SampleSchema.Of(Kind.Alert).Ordinal("id")], right.Row[SampleSchema.Of(Kind.Alert).Ordinal("id")]),
            _ => throw new NotSupportedException(query.Order.ToString()),
        });
        List<(Row Row, SampleId Place)> behind = query.After is { } after ? [.. found.Where(row => IsBehind(row.Place, after, query.Order))] : found;
        List<(Row Row, SampleId Place)> page = [.. behind.Skip((int)Math.Min(query.Offset, int.MaxValue)).Take(query.Limit)];
        return new RowList(query, page, found.Count, query.Offset + page.Count < behind.Count);
    }

    public ValueTask<long> WatermarkAsync(CancellationToken cancellationToken) => ValueTask.FromResult(QueryTestHost.Now);

    private static bool IsBehind(SampleId place, SampleId after, ListOrder order) => place.Time != after.Time
        ? place.Time < after.Time
        : order == ListOrder.FirstArrivalFirst ? place.Number > after.Number : place.Number < after.Number;

    private static long Window(long time, SampleQuery query) => query.WindowMilliseconds == 0
        ? 0
        : time - ((time + query.WindowOffsetMilliseconds) % query.WindowMilliseconds);

    private static bool Holds(Filter filter, object? value) => filter.Operator switch
    {
        FilterOperator.Present => value is not null,
        FilterOperator.AnyOf => filter.Texts.Contains(value as string ?? (value is null && filter.Numbers.IsEmpty ? "" : "\0"))
            || filter.Numbers.Contains(value as long? ?? NumberColumn.Missing),
        FilterOperator.NoneOf => !Holds(filter with { Operator = FilterOperator.AnyOf }, value),
        FilterOperator.ContainsAnyOf => value is string text && filter.Texts.Any(part => text.Contains(part, StringComparison.OrdinalIgnoreCase)),
        FilterOperator.GreaterThanAnyOf => value is long number && filter.Numbers.Any(limit => number > limit),
        FilterOperator.LessThanAnyOf => value is long number && filter.Numbers.Any(limit => number < limit),
        FilterOperator.EitherOf => filter.Forms.Any(form => Holds(form, value)),
        FilterOperator.HasEntryAnyOf => value is string map && JsonSerializer.Deserialize<Dictionary<string, string>>(map)!
            .Any(entry => filter.Texts.Any(wanted => JsonSerializer.Deserialize<Dictionary<string, string>>($"{{{wanted}}}")!.Contains(entry))),
        _ => throw new NotSupportedException(filter.Operator.ToString()),
    };

    private static int Compare(RowGroup left, RowGroup right, SampleQuery query)
    {
        foreach (OrderTerm term in query.Order)
        {
            int order = term.By switch
            {
                OrderBy.Measure => left.Value(term.Index).CompareTo(right.Value(term.Index)),
                OrderBy.Ratio => (left.Value(term.Index) * right.Value(term.Divisor)).CompareTo(right.Value(term.Index) * left.Value(term.Divisor)),
                OrderBy.Key => CompareParts(left.Keys.Parts[term.Index], right.Keys.Parts[term.Index]),
                OrderBy.Window => left.Keys.Window.CompareTo(right.Keys.Window),
                OrderBy.Quantile => ExactQuantile(left, term).CompareTo(ExactQuantile(right, term)),
                OrderBy.Mean => CompareValued(left, right, term, group => (group.Value(term.Index), group.Value(term.Divisor))),
                OrderBy.Deviation => CompareValued(left, right, term, group => Variance(group, term)),
                OrderBy.Rate => (left.Value(term.Index) * Length(right, query)).CompareTo(right.Value(term.Index) * Length(left, query)),
                _ => throw new NotSupportedException(term.By.ToString()),
            };
            if (order != 0)
            {
                return term.Descending ? -order : order;
            }
        }

        int ties = left.Keys.Window.CompareTo(right.Keys.Window);
        for (int part = 0; ties == 0 && part < left.Keys.Parts.Length; part++)
        {
            ties = CompareParts(left.Keys.Parts[part], right.Keys.Parts[part]);
        }

        return ties;
    }

    // The exact value of the quantile, not a sketch's.
    private static long ExactQuantile(RowGroup group, OrderTerm term)
    {
        List<long> values = [.. group.Numbers(term.Index).Order()];
        return values.Count == 0 ? long.MinValue : values[(int)(term.Quantile * (values.Count - 1))];
    }

    private static (BigInteger Numerator, BigInteger Denominator) Variance(RowGroup group, OrderTerm term)
    {
        BigInteger count = group.Value(term.Divisor);
        return ((count * group.Value(term.Index)) - BigInteger.Pow(group.Value(term.Sum), 2), count * count);
    }

    private static int CompareValued(RowGroup left, RowGroup right, OrderTerm term, Func<RowGroup, (BigInteger Numerator, BigInteger Denominator)> value)
    {
        if (left.Value(term.Divisor).IsZero || right.Value(term.Divisor).IsZero)
        {
            return right.Value(term.Divisor).IsZero.CompareTo(left.Value(term.Divisor).IsZero);
        }

        (BigInteger a, BigInteger b) = value(left);
        (BigInteger c, BigInteger d) = value(right);
        return (a * d).CompareTo(c * b);
    }

    private static long Length(RowGroup group, SampleQuery query) => query.WindowMilliseconds == 0
        ? query.Range.To - query.Range.From
        : Math.Min(query.Range.To, group.Keys.Window + query.WindowMilliseconds) - Math.Max(query.Range.From, group.Keys.Window);

    private static int CompareParts(object? left, object? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (long a, long b) => a.CompareTo(b),
        _ => Encoding.UTF8.GetBytes((string)left!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes((string)right!)),
    };
}
