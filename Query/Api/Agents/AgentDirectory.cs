using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Api.Agents;

/// <summary>Finds the agents of a project: a question a kind, over all time, and the merge of their answers.</summary>
internal static class AgentDirectory
{
    private const int OidPart = 0;
    private const int OnamePart = 1;

    // The index of each measure in the queries below.
    private enum At
    {
        FirstSeen, LastSeen, Okind, Onode,
    }

    public static SampleQuery[] Questions(long pcode) =>
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

    /// <summary>The agents of all answers, by name (UTF-8 bytes), then id.</summary>
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
