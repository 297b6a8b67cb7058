using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Api.Agents;

/// <summary>Finds the agents of a project: a query for each kind, over all time, and the merge of their results.</summary>
internal static class AgentDirectory
{
    private const int OidPart = 0;
    private const int OnamePart = 1;

    // The index of each measure in the queries below.
    private enum At
    {
        FirstSeen, LastSeen, Okind, Onode,
    }

    public static SampleQuery[] Queries(long pcode) =>
    [
        .. SampleSchema.All.Select(schema => new SampleQuery
        {
            Pcode = pcode,
            Kind = schema.Kind,
            Range = TimeRange.All,
            GroupBy = [new GroupField(KindSchema.Oid), new GroupField(KindSchema.Oname)],
            Measures =
            [
                new(MeasureKind.Min, KindSchema.Time), new(MeasureKind.Max, KindSchema.Time),
                new(MeasureKind.Latest, KindSchema.Okind), new(MeasureKind.Latest, KindSchema.Onode),
            ],
            Filters = [Filter.Present(KindSchema.Oname)],
            Order = [new OrderTerm(OrderBy.Key, OnamePart), new OrderTerm(OrderBy.Key, OidPart)],
        }),
    ];

    /// <summary>The next agents of all results, by name (UTF-8 bytes), then id.</summary>
    /// <param name="results">The results of <see cref="Queries"/>.</param>
    /// <param name="after">The last agent before; null for the first page.</param>
    /// <param name="limit">Most agents of the page.</param>
    /// <param name="hasMore">Whether agents follow behind the page.</param>
    public static List<SeenAgent> Page(QueryResult[] results, AgentCursor? after, int limit, out bool hasMore)
    {
        // All results are in the same order, so the first of their next rows is the next agent.
        int[] rows = Array.ConvertAll(results, result => after is null ? 0 : FirstRowBehind(result, after));
        List<SeenAgent> agents = [];
        int first;
        while ((first = FindFirst(results, rows)) >= 0 && agents.Count < limit)
        {
            long oid = results[first].KeyNumber(rows[first], OidPart);
            ReadOnlySpan<byte> oname = results[first].KeyText(rows[first], OnamePart);
            SeenAgent agent = new() { Oid = oid, Oname = Encoding.UTF8.GetString(oname) };
            for (int i = 0; i < results.Length; i++)
            {
                if (rows[i] < results[i].RowCount && Compare(results[i], rows[i], oname, oid) == 0)
                {
                    Add(agent, results[i], rows[i]++);
                }
            }

            agents.Add(agent);
        }

        hasMore = first >= 0;
        return agents;
    }

    private static int FindFirst(QueryResult[] results, int[] rows)
    {
        int first = -1;
        for (int i = 0; i < results.Length; i++)
        {
            if (rows[i] < results[i].RowCount && (first < 0
                || Compare(results[i], rows[i], results[first].KeyText(rows[first], OnamePart), results[first].KeyNumber(rows[first], OidPart)) < 0))
            {
                first = i;
            }
        }

        return first;
    }

    private static int FirstRowBehind(QueryResult result, AgentCursor after)
    {
        int low = 0;
        int high = result.RowCount;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = Compare(result, middle, after.Oname, after.Oid) > 0 ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static int Compare(QueryResult result, int row, ReadOnlySpan<byte> oname, long oid)
    {
        int names = result.KeyText(row, OnamePart).SequenceCompareTo(oname);
        return names != 0 ? names : result.KeyNumber(row, OidPart).CompareTo(oid);
    }

    private static void Add(SeenAgent agent, QueryResult result, int row)
    {
        agent.FirstSeen = Math.Min(agent.FirstSeen, result.Number(row, (int)At.FirstSeen));
        agent.LastSeen = Math.Max(agent.LastSeen, result.Number(row, (int)At.LastSeen));
        agent.Okind.Take(result.LatestText(row, (int)At.Okind), result.LatestTime(row, (int)At.Okind));
        agent.Onode.Take(result.LatestText(row, (int)At.Onode), result.LatestTime(row, (int)At.Onode));
    }
}

/// <summary>What the samples of all kinds say of one agent. Filled by <see cref="AgentDirectory"/>.</summary>
internal sealed class SeenAgent
{
    public required long Oid { get; init; }

    public required string Oname { get; init; }

    public LatestText Okind { get; } = new();

    public LatestText Onode { get; } = new();

    /// <summary>Time of its oldest sample, in ms.</summary>
    public long FirstSeen { get; set; } = long.MaxValue;

    /// <summary>Time of its newest sample, in ms.</summary>
    public long LastSeen { get; set; } = long.MinValue;
}

/// <summary>The text of the greatest time, then of the greatest UTF-8 bytes, among those taken; empty when none was.</summary>
internal sealed class LatestText
{
    private byte[] _text = [];
    private long _time = long.MinValue;

    /// <summary>Takes a text (empty: none) of a time.</summary>
    public void Take(ReadOnlySpan<byte> text, long time)
    {
        if (!text.IsEmpty && (time > _time || (time == _time && text.SequenceCompareTo(_text) > 0)))
        {
            _text = text.ToArray();
            _time = time;
        }
    }

    public override string ToString() => Encoding.UTF8.GetString(_text);
}
