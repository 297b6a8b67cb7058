using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ui.Findings;

/// <summary>Agents that pushed steadily and are silent now.</summary>
internal static class StoppedAgents
{
    /// <summary>When a sentence about agents appears.</summary>
    public const string Rule = "An agent has stopped when it sent samples in each of ten minutes in a row, and none for 2 minutes since, within the last hour.";

    private const long MinuteMilliseconds = 60_000;
    private const int SteadyMinutes = 10;
    private const int SilentMinutes = 2;
    private const int Minutes = 60 + SteadyMinutes;

    // So many are named; more are counted.
    private const int MostNames = 3;

    /// <summary>The queries: samples a minute of each agent, a query a kind.</summary>
    public static SampleQuery[] Queries(long pcode, long end, ImmutableArray<Filter> filters) =>
    [
        .. SampleSchema.All.Select(schema => new SampleQuery
        {
            Pcode = pcode,
            Kind = schema.Kind,
            Range = new TimeRange(FirstMinute(end) * MinuteMilliseconds, end),
            WindowMilliseconds = MinuteMilliseconds,
            GroupBy = [new GroupField(KindSchema.Oid), new GroupField(KindSchema.Oname)],
            Measures = [new(MeasureKind.Count), new(MeasureKind.Max, KindSchema.Time)],
            Filters = [.. filters, Filter.Present(KindSchema.Oname)],
        }),
    ];

    /// <summary>Which agents stopped.</summary>
    /// <param name="results">Of <see cref="Queries"/>.</param>
    /// <param name="end">The moment that is looked at, in ms.</param>
    public static IEnumerable<Finding> Find(IReadOnlyList<QueryResult> results, long end)
    {
        Dictionary<(long Oid, string Name), (UInt128 Minutes, long Last)> agents = [];
        foreach (QueryResult result in results)
        {
            for (int row = 0; row < result.RowCount; row++)
            {
                (long, string) key = (result.KeyNumber(row, 0), Encoding.UTF8.GetString(result.KeyText(row, 1)));
                (UInt128 minutes, long last) = agents.GetValueOrDefault(key);
                int minute = (int)((result.WindowStart(row) / MinuteMilliseconds) - FirstMinute(end));
                agents[key] = (minutes | (UInt128.One << minute), Math.Max(last, result.Number(row, 1)));
            }
        }

        (string Name, long Last)[] stopped =
        [
            .. agents.Where(agent => IsStopped(agent.Value.Minutes, agent.Value.Last, end)).Select(agent => (agent.Key.Name, agent.Value.Last))
                .OrderByDescending(agent => agent.Last).ThenBy(agent => agent.Name, StringComparer.Ordinal),
        ];
        if (stopped.Length > 0)
        {
            long minutes = (end - stopped[0].Last) / MinuteMilliseconds;
            string names = string.Join(", ", stopped.Take(MostNames).Select(agent => agent.Name));
            string more = stopped.Length > MostNames ? string.Create(CultureInfo.InvariantCulture, $" and {stopped.Length - MostNames:N0} more") : "";
            string text = stopped.Length == 1
                ? string.Create(CultureInfo.InvariantCulture, $"The agent {names} has sent nothing for {minutes} minutes.")
                : string.Create(CultureInfo.InvariantCulture, $"{stopped.Length:N0} agents have sent nothing for {minutes} minutes or more: {names}{more}.");
            yield return new Finding(text, "agents", [], Rule);
        }
    }

    private static long FirstMinute(long end) => (end / MinuteMilliseconds) - Minutes;

    private static bool IsStopped(UInt128 minutes, long last, long end)
    {
        if (end - last < SilentMinutes * MinuteMilliseconds)
        {
            return false;
        }

        // The last minute with samples and the nine before it.
        int newest = 127 - (int)UInt128.LeadingZeroCount(minutes);
        UInt128 steady = ((UInt128.One << SteadyMinutes) - 1) << Math.Max(0, newest - SteadyMinutes + 1);
        return newest >= SteadyMinutes - 1 && (minutes & steady) == steady;
    }
}
