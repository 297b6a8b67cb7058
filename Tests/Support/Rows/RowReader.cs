using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>Gives the results of queries by looking at every row, in the plainest way there is.</summary>
internal sealed class RowReader(IReadOnlyList<Row> rows) : ISampleReader
{
    private ImmutableList<Row> _rows = [.. rows];

    /// <summary>Runs before each result: what a test wants a scan to do (wait, fail).</summary>
    public Func<SampleQuery, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The same for lists of samples.</summary>
    public Func<ListQuery, CancellationToken, Task> BeforeList { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The queries that came.</summary>
    public List<SampleQuery> Queries { get; } = [];

    /// <summary>Whether quantiles are those of a sketch, as stores give them, instead of exact.</summary>
    public bool UsesSketches { get; init; }

    /// <summary>How much memory results say that they take.</summary>
    public long ResultBytes { get; set; }

    /// <summary>How many samples are said to be missing in every result.</summary>
    public long? Lost { get; init; } = 0;

    public long? LostSamples(Kind kind, long pcode, TimeRange range) => Lost;

    public async ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken)
    {
        lock (Queries)
        {
            Queries.Add(query);
        }

        await Before(query, cancellationToken);
        return Result(query);
    }

    /// <summary>The result at once.</summary>
    public RowResult Result(SampleQuery query)
    {
        List<RowGroup> groups = [.. _rows
            .Where(row => row.Pcode == query.Pcode && row.Kind == query.Kind && query.Range.Contains(row.Time))
            .Where(row => query.Filters.All(filter => Holds(filter, row)))
            .GroupBy(row => new RowGroup.Key(Window(row.Time, query), [.. query.GroupBy.Select(part => KeyPart(row, part))]))
            .Select(group => new RowGroup(group.Key, [.. group], query, UsesSketches))];
        groups.Sort((left, right) => Compare(left, right, query));
        return new RowResult(query, [.. groups.Take(query.Limit)], groups.Count, ResultBytes);
    }

    public async ValueTask<SampleList> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        await BeforeList(query, cancellationToken);
        List<(Row Row, SampleId Place)> found = [.. _rows
            .Select((row, number) => (Row: row, Place: new SampleId(row.Time, 1, number)))
            .Where(row => row.Row.Pcode == query.Pcode && row.Row.Kind == query.Kind && query.Range.Contains(row.Row.Time))
            .Where(row => query.Filters.All(filter => Holds(filter, row.Row)))];
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

    /// <summary>Runs before each look at what was added.</summary>
    public Func<Task> BeforeNext { get; set; } = () => Task.CompletedTask;

    /// <summary>Adds rows, which arrive behind the others.</summary>
    public void Add(params Row[] more) => ImmutableInterlocked.Update(ref _rows, now => now.AddRange(more));

    public async ValueTask<ISampleTail> FollowAsync(ListQuery query, CancellationToken cancellationToken)
    {
        await BeforeList(query, cancellationToken);
        return new Tail(this, query);
    }

    public ValueTask<long> WatermarkAsync(CancellationToken cancellationToken) => ValueTask.FromResult(QueryTestHost.Now);

    private static bool IsBehind(SampleId place, SampleId after, ListOrder order) => place.Time != after.Time
        ? place.Time < after.Time
        : order == ListOrder.FirstArrivalFirst ? place.Number > after.Number : place.Number < after.Number;

    // Of bins: the greatest edge that is not greater than the number, or else the least.
    private static object? KeyPart(Row row, GroupField part) => part.Bins is { } bins && row[part.Field] is long number
        ? bins.Edges.Where(edge => edge <= number).DefaultIfEmpty(bins.Edges[0]).Max()
        : row[part.Field] ?? part.MissingAs;

    private static long Window(long time, SampleQuery query)
    {
        long length = query.WindowMilliseconds;
        return length == 0 ? 0 : time - ((((time + query.WindowOffsetMilliseconds) % length) + length) % length);
    }

    private static bool Holds(Filter filter, Row row)
    {
        if (filter.Operator == FilterOperator.EitherOf)
        {
            return filter.Forms.Any(form => Holds(form, row));
        }

        if (row.Schema.Fields[filter.Field].IsText)
        {
            return HoldsText(filter, row.Text(filter.Field) ?? "");
        }

        long? number = row.Number(filter.Field);
        return filter.Operator switch
        {
            FilterOperator.AnyOf => filter.Numbers.Contains(number ?? NumberColumn.Missing),
            FilterOperator.NoneOf => !filter.Numbers.Contains(number ?? NumberColumn.Missing),
            FilterOperator.GreaterThanAnyOf => filter.Numbers.Any(limit => number > limit),
            FilterOperator.LessThanAnyOf => filter.Numbers.Any(limit => number < limit),
            FilterOperator.Present => number is not null,
            _ => false,
        };
    }

    private static bool HoldsText(Filter filter, string text) => filter.Operator switch
    {
        FilterOperator.AnyOf => filter.Texts.Contains(text),
        FilterOperator.NoneOf => !filter.Texts.Contains(text),
        FilterOperator.ContainsAnyOf => text != "" && filter.Texts.Any(part => text.Contains(part, StringComparison.OrdinalIgnoreCase)),
        FilterOperator.HasEntryAnyOf => text != "" && JsonSerializer.Deserialize<Dictionary<string, string>>(text)!
            .Any(entry => filter.Texts.Any(wanted => JsonSerializer.Deserialize<Dictionary<string, string>>($"{{{wanted}}}")!.Contains(entry))),
        FilterOperator.Present => text != "",
        _ => false,
    };

    private static int Compare(RowGroup left, RowGroup right, SampleQuery query)
    {
        foreach (OrderTerm term in query.Order)
        {
            int order = term.By switch
            {
                OrderBy.Measure => Nullable.Compare(left.Measured(term.Index), right.Measured(term.Index)),
                OrderBy.Ratio => CompareQuotients(left, right, term),
                OrderBy.Key => CompareParts(left.Keys.Parts[term.Index], right.Keys.Parts[term.Index]),
                OrderBy.Window => left.Keys.Window.CompareTo(right.Keys.Window),
                OrderBy.Quantile => left.Quantile(term.Index, term.Quantile).CompareTo(right.Quantile(term.Index, term.Quantile)),
                OrderBy.Mean => Present(left, term) != Present(right, term) ? Present(left, term) - Present(right, term) : CompareQuotients(left, right, term),
                OrderBy.Deviation => CompareDeviations(left, right, term),
                OrderBy.Rate => (left.Value(term.Index) * Length(right, query)).CompareTo(right.Value(term.Index) * Length(left, query)),
                OrderBy.Apdex => (Doubled(left, term) * right.Value(term.Divisor)).CompareTo(Doubled(right, term) * left.Value(term.Divisor)),
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

    private static int CompareQuotients(RowGroup left, RowGroup right, OrderTerm term)
    {
        (BigInteger a, BigInteger b) = (left.Measured(term.Index) ?? 0, left.Measured(term.Divisor) ?? 0);
        (BigInteger c, BigInteger d) = (right.Measured(term.Index) ?? 0, right.Measured(term.Divisor) ?? 0);
        (a, b) = b == 0 ? (0, 1) : (a * b.Sign, b * b.Sign);
        (c, d) = d == 0 ? (0, 1) : (c * d.Sign, d * d.Sign);
        return (a * d).CompareTo(c * b);
    }

    private static BigInteger Doubled(RowGroup group, OrderTerm term) => (2 * group.Value(term.Index)) + group.Value(term.Tolerated);

    private static int Present(RowGroup group, OrderTerm term) => group.Measured(term.Divisor) > 0 ? 1 : 0;

    private static int CompareDeviations(RowGroup left, RowGroup right, OrderTerm term)
    {
        if (Present(left, term) + Present(right, term) < 2)
        {
            return Present(left, term) - Present(right, term);
        }

        (BigInteger a, BigInteger n) = left.Spread(term.Index);
        (BigInteger b, BigInteger m) = right.Spread(term.Index);
        return (a * BigInteger.Pow(m, 3)).CompareTo(b * BigInteger.Pow(n, 3));
    }

    private static BigInteger Length(RowGroup group, SampleQuery query) => query.WindowMilliseconds == 0
        ? (BigInteger)query.Range.To - query.Range.From
        : BigInteger.Min((BigInteger)group.Keys.Window + query.WindowMilliseconds, query.Range.To) - BigInteger.Max(group.Keys.Window, query.Range.From);

    private static int CompareParts(object? left, object? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (long a, long b) => a.CompareTo(b),
        _ => RowGroup.CompareBytes((string)left, (string)right),
    };

    // Times don't count: tests of hosts have a clock that stands still.
    private sealed class Tail(RowReader reader, ListQuery query) : ISampleTail
    {
        private int _seen = reader._rows.Count;

        public async ValueTask<SampleList> NextAsync(CancellationToken cancellationToken)
        {
            await reader.BeforeNext();
            ImmutableList<Row> now = reader._rows;
            SampleList list = await new RowReader(now.GetRange(_seen, now.Count - _seen)).ListAsync(query with { CountTotal = true }, cancellationToken);
            _seen = now.Count;
            return list;
        }
    }
}
