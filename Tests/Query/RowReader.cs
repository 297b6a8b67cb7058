using System.Text;
using TimeSeries.Core.Model;

namespace TimeSeries.Tests.Query;

/// <summary>Answers queries by looking at every row, in the plainest way there is.</summary>
internal sealed class RowReader(IReadOnlyList<Row> rows) : ISampleReader
{
    /// <summary>Runs before each answer: what a test wants a scan to do (wait, fail).</summary>
    public Func<SampleQuery, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

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
            .GroupBy(row => new RowGroup.Key(Window(row.Time, query.WindowMilliseconds), [.. query.GroupBy.Select(part => row[part.Field] ?? part.MissingAs)]))
            .Select(group => new RowGroup(group.Key, [.. group], query))];
        groups.Sort((left, right) => Compare(left, right, query));
        return new RowResult(query, [.. groups.Take(query.Limit)], groups.Count);
    }

    private static long Window(long time, long length) => length == 0 ? 0 : time / length * length;

    private static bool Holds(Filter filter, object? value) => filter.Operator switch
    {
        FilterOperator.Present => value is not null,
        FilterOperator.AnyOf => filter.Texts.Contains(value as string ?? (value is null && filter.Numbers.IsEmpty ? "" : "\0"))
            || filter.Numbers.Contains(value as long? ?? NumberColumn.Missing),
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

    private static int CompareParts(object? left, object? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (long a, long b) => a.CompareTo(b),
        _ => Encoding.UTF8.GetBytes((string)left!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes((string)right!)),
    };
}
