using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>
/// Gives every system the same day of transactions, asks it the same aggregates, and notes the bytes of its files. Our responses must be those of ClickHouse
/// and DuckDB.
/// </summary>
internal sealed class QueryMeasurement(CompareContext context)
{
    private const int WarmUpCount = 100;
    private const int Count = 30;

    // The slowest query of the slowest system is asked a few times only.
    private static readonly TimeSpan _atMost = TimeSpan.FromSeconds(30);

    private readonly MeasuredDay _day = new(context.Options.Rows);
    private readonly Dictionary<string, ResponseRows> _ours = [];

    private bool HasQueries => context.Options.Has(ComparePart.Query);

    public async Task RunAsync()
    {
        AddNotes();
        await OursAsync();
        foreach (PeerName name in context.Options.Peers.Where(name => context.Options.Has(ComparePart.Disk) || name != PeerName.Victoriametrics))
        {
            context.Try($"query, {context.TitleOf(name)}", () => Theirs(name));
        }
    }

    private void AddNotes()
    {
        string influx = context.TitleOf(PeerName.Influxdb);
        string clickHouse = context.TitleOf(PeerName.Clickhouse);
        string duckDb = context.TitleOf(PeerName.Duckdb);
        if (HasQueries)
        {
            context.Metrics.Note(
                ReportNames.Query,
                $"The same {context.Options.Rows:N0} transactions for all: 400 services, 20 agents, 10,000 addresses, 50,000 users, one day. Over HTTP on one "
                    + $"connection, from the first byte sent to the last byte of the response, medians of {Count} times after {WarmUpCount} that do not count "
                    + "(fewer where they would take over half a minute). Mean, least, greatest and number of elapsed. "
                    + $"{influx} has no top by count, so it responds with every group; it is asked the first three only, since it takes tens of seconds for "
                    + "each.");
            context.Metrics.Note(
                ReportNames.Query,
                $"p95: ours is within 1 % and is checked against the exact value of its rank; {clickHouse} computes quantileExact and {duckDb} quantile_disc. "
                    + $"Distinct addresses: ours is the total of an aggregate by address. {duckDb} is a library: its host is as small as can be.");
        }

        context.Metrics.Note(
            ReportNames.Disk,
            $"TimeSeries: {ReportNames.OursOnDisk}, after sealing and merging. {clickHouse}: active parts after OPTIMIZE FINAL. "
                + $"{influx}: all files after a full compaction. {context.TitleOf(PeerName.Victoriametrics)}: all but its cache, after a forced merge; "
                + $"seven numeric fields only. {duckDb}: its file after CHECKPOINT.");
    }

    private async Task OursAsync()
    {
        string folder = context.NewFolder("query");
        long accepted;
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            accepted = new DayPush(server.Address, MeasuredServer.Token, context.Stop).Transactions(_day);
            server.End();
        }

        context.Metrics.Check("day of transactions: accepted = made", $"{accepted}, {_day.Transactions}", accepted == _day.Transactions);
        AddDisk(ReportNames.Ours, await MeasuredServer.SettleAsync(folder));
        if (HasQueries)
        {
            AskOurs(folder);
        }

        Directory.Delete(folder, recursive: true);
    }

    private void AskOurs(string folder)
    {
        AskOurs(folder, ReportNames.Ours, [], (query, rows) =>
        {
            _ours[query.Name] = rows;
            context.Metrics.Add(ReportNames.Query, query.Name, "rows", rows.Count);
            context.Metrics.Note(ReportNames.Query, $"{ReportNames.Ours} computed the response {query.Name} from: {rows.Source}.");
        });
        AskOurs(folder, ReportNames.OursRaw, ["--Query:Rollups=false"], (query, rows) =>
        {
            Compare($"{ReportNames.Ours} with and without rollups", query, rows, percentileColumn: null);
            context.Metrics.Check($"{ReportNames.OursRaw}, {query.Name}: computed from samples", rows.Source, rows.Source == "raw");
        });
    }

    private void AskOurs(string folder, string system, string[] settings, Action<ComparedQuery, ResponseRows> take)
    {
        using MeasuredServer server = new(context.Options.Server, folder, settings);
        using Requester requester = new(context.Clock, context.Stop);
        foreach (ComparedQuery query in ComparedQueries.All)
        {
            Measure(requester, query.Name, system, () => server.Request(query.Ours));
            take(query, query.IsTotal ? ResponseRows.ReadTotal(requester.Answer) : ResponseRows.Read(requester.Answer, ResponseRows.Ours));
        }

        server.End();
    }

    private void Theirs(PeerName name)
    {
        using IPeer? peer = context.Start(name);
        if (peer is null)
        {
            return;
        }

        string title = context.TitleOf(name);
        new PeerLoad(peer, context.Clock).Write(_day, context.Stop);
        long counted = peer.Count();
        context.Metrics.Check($"day of transactions, {title}: counted = made", $"{counted}, {_day.Transactions}", counted == _day.Transactions);
        bool isFinished = context.Options.Has(ComparePart.Disk) || name is PeerName.Clickhouse or PeerName.Duckdb;
        AddDisk(title, isFinished ? peer.Finish() : 0);
        if (!HasQueries)
        {
            return;
        }

        foreach (ComparedQuery query in ComparedQueries.All)
        {
            if (peer.Find(query) is { } found)
            {
                Ask(title, query, found);
            }
        }
    }

    private void Ask(string title, ComparedQuery query, PeerQuery found)
    {
        using Requester requester = new(context.Clock, context.Stop);
        Measure(requester, query.Name, title, () => Get(found.Timed));
        if (found.Exact is null)
        {
            return;
        }

        if (found.Exact != found.Timed)
        {
            requester.Ask(Get(found.Exact));
        }

        Compare($"{ReportNames.Ours} and {title}", query, ResponseRows.Read(requester.Answer, ResponseRows.Theirs), query.PercentileColumn);
    }

    private static HttpRequestMessage Get(ServerAddress address) => new(HttpMethod.Get, address.ToString());

    private void Measure(Requester requester, string query, string system, Func<HttpRequestMessage> request)
    {
        LatencyHistogram latencies = requester.Measure(request, WarmUpCount, Count, _atMost);
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

    private void AddDisk(string system, long bytes)
    {
        if (bytes > 0 && context.Options.Has(ComparePart.Disk))
        {
            context.Metrics.Add(ReportNames.Disk, system, ReportNames.BytesPerRow, (double)bytes / _day.Transactions);
            context.Metrics.Add(ReportNames.Disk, system, "bytes", bytes);
            context.Progress.Say($"disk    {system,-40} {(double)bytes / _day.Transactions,12:F1} bytes/row");
        }
    }
}
