using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>Asks one system the compared queries, or several by turns, and compares what they respond.</summary>
internal sealed class QueryTurns(CompareContext context)
{
    public const int WarmUpCount = 100;
    public const int Count = 30;

    // For each system: the slowest query of the slowest one is asked a few times only.
    private static readonly TimeSpan _atMost = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, ResponseRows> _ours = [];

    /// <summary>Ours; what it responds is what others must.</summary>
    public QueriedSystem Ours(MeasuredServer server) => new(ReportNames.Ours, NewRequester(), query => server.Request(query.Ours), (query, requester) =>
    {
        ResponseRows rows = RowsOf(query, requester);
        _ours[query.Name] = rows;
        context.Metrics.Add(ReportNames.Query, query.Name, "rows", rows.Count);
        context.Metrics.Note(ReportNames.Query, $"{ReportNames.Ours} computed the response {query.Name} from: {rows.Source}.");
    });

    /// <summary>Ours, started without rollups.</summary>
    public QueriedSystem OursRaw(MeasuredServer server) => new(ReportNames.OursRaw, NewRequester(), query => server.Request(query.Ours), (query, requester) =>
    {
        ResponseRows rows = RowsOf(query, requester);
        Compare($"{ReportNames.Ours} with and without rollups", query, rows, percentileColumn: null);
        context.Metrics.Check($"{ReportNames.OursRaw}, {query.Name}: computed from samples", rows.Source, rows.Source == "raw");
    });

    /// <summary>Another system.</summary>
    public QueriedSystem Theirs(string title, IPeer peer) => new(
        title, NewRequester(), query => peer.Find(query) is { } found ? Get(found.Timed) : null, (query, requester) =>
    {
        if (peer.Find(query) is not { Exact: { } exact } found)
        {
            return;
        }

        if (exact != found.Timed)
        {
            requester.Ask(Get(exact));
        }

        Compare($"{ReportNames.Ours} and {title}", query, ResponseRows.Read(requester.Response, ResponseRows.Theirs), query.PercentileColumn);
    });

    /// <summary>Measures every query, by turns where there are several systems.</summary>
    public void Run(params IReadOnlyList<QueriedSystem> systems)
    {
        foreach (ComparedQuery query in ComparedQueries.All)
        {
            QueriedSystem[] asked = [.. systems.Where(system => system.Request(query) is not null)];
            LatencyHistogram[] latencies = Requester.MeasureByTurns(
                [.. asked.Select(system => (Func<TimeSpan>)(() => system.Requester.Ask(system.Request(query)!)))],
                WarmUpCount, Count, _atMost * asked.Length, context.Clock);
            for (int i = 0; i < asked.Length; i++)
            {
                Add(query.Name, asked[i].Name, latencies[i]);
                asked[i].Check(query, asked[i].Requester);
            }
        }
    }

    private static HttpRequestMessage Get(ServerAddress address) => new(HttpMethod.Get, address.ToString());

    private static ResponseRows RowsOf(ComparedQuery query, Requester requester) =>
        query.IsTotal ? ResponseRows.ReadTotal(requester.Response) : ResponseRows.Read(requester.Response, ResponseRows.Ours);

    private Requester NewRequester() => new(context.Clock, context.Stop);

    private void Add(string query, string system, LatencyHistogram latencies)
    {
        context.Metrics.Add(ReportNames.Query, query, ReportNames.MedianOf(system), latencies.Median);
        context.Metrics.Add(ReportNames.Query, query, system + " p99 ms", latencies.P99);
        context.Progress.Say($"query   {query,-40} {system,-26} {latencies.Median,10:F2} ms  ({latencies.Count} times)");
    }

    private void Compare(string systems, ComparedQuery query, ResponseRows theirs, int? percentileColumn)
    {
        ResponseRows ours = _ours[query.Name];
        string? difference = ours.DifferenceFrom(theirs, percentileColumn);
        context.Metrics.Check($"{systems}, {query.Name}: equal", difference ?? $"{ours.Count} rows", difference is null);
    }
}

/// <summary>A system that is asked the compared queries.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Requester">Its connection.</param>
/// <param name="Request">Makes a query's request, a new one each time; null where it is not asked.</param>
/// <param name="Check">Looks at the last response to a query.</param>
internal sealed record QueriedSystem(
    string Name, Requester Requester, Func<ComparedQuery, HttpRequestMessage?> Request, Action<ComparedQuery, Requester> Check) : IDisposable
{
    public void Dispose() => Requester.Dispose();
}
