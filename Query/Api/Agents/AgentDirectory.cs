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
        }),
    ];

    /// <summary>The agents of all results, by name (UTF-8 bytes), then id.</summary>
    public static List<SeenAgent> Merge(QueryResult[] results)
    {
        Dictionary<(long Oid, string Oname), SeenAgent> agents = [];
        foreach (QueryResult result in results)
        {
            for (int row = 0; row < result.RowCount; row++)
            {
                long oid = result.KeyNumber(row, OidPart);
                string oname = Encoding.UTF8.GetString(result.KeyText(row, OnamePart));
                if (!agents.TryGetValue((oid, oname), out SeenAgent? agent))
                {
                    agents[(oid, oname)] = agent = new SeenAgent { Oid = oid, Oname = oname };
                }

                Add(agent, result, row);
            }
        }

        List<SeenAgent> sorted = [.. agents.Values];
        sorted.Sort((left, right) =>
        {
            int names = Encoding.UTF8.GetBytes(left.Oname).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right.Oname));
            return names != 0 ? names : left.Oid.CompareTo(right.Oid);
        });
        return sorted;
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
