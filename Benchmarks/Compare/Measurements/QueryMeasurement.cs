using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>
/// Gives every system the same day of transactions, asks it the same aggregates, and notes the bytes of its files. Our responses must be ClickHouse's.
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
        if (HasQueries)
        {
            context.Metrics.Note(
                ReportNames.Query,
                $"The same {context.Options.Rows:N0} transactions for all: 400 services, 20 agents, 50,000 users, one day. Over HTTP on one connection, from "
                    + $"the first byte sent to the last byte of the answer, medians of {Count} times after {WarmUpCount} that do not count "
                + "(fewer where they would take over half a minute). Mean, least, greatest and number of elapsed. influxd has no top by count, so it answers "
                + "with every group; it is asked the first three only, since it takes tens of seconds for each.");
        }

        context.Metrics.Note(
            ReportNames.Disk,
            "TimeSeries: blocks after sealing and merging, rollups included, log excluded. ClickHouse: active parts after OPTIMIZE FINAL. influxd: all files "
                + "after a full compaction. VictoriaMetrics: all but its cache, after a forced merge; seven numeric fields only.");
        await OursAsync();
        foreach (PeerName name in context.Options.Peers.Where(name => context.Options.Has(ComparePart.Disk) || name != PeerName.Victoriametrics))
        {
            context.Try($"query, {CompareContext.NameOf(name)}", () => Theirs(name));
        }
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
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            using Requester requester = new(context.Clock, context.Stop);
            foreach (ComparedQuery query in ComparedQueries.All)
            {
                Measure(requester, query.Name, ReportNames.Ours, () => server.Request(query.Ours));
                ResponseRows rows = ResponseRows.Read(requester.Answer, "rows");
                _ours[query.Name] = rows;
                context.Metrics.Add(ReportNames.Query, query.Name, "rows", rows.Count);
                context.Metrics.Note(ReportNames.Query, $"{ReportNames.Ours} computed the answer {query.Name} from: {rows.Source}.");
            }

            server.End();
        }

        using MeasuredServer raw = new(context.Options.Server, folder, "--Query:Rollups=false");
        using Requester rawRequester = new(context.Clock, context.Stop);
        ComparedQuery byService = ComparedQueries.All.First(query => query.Name == ReportNames.ByService);
        Measure(rawRequester, ReportNames.ByServiceRaw, ReportNames.Ours, () => raw.Request(byService.Ours));
        Compare("ours by service with and without rollups", _ours[ReportNames.ByService], ResponseRows.Read(rawRequester.Answer, "rows"));
        raw.End();
    }

    private void Theirs(PeerName name)
    {
        using IPeer? peer = context.Start(name);
        if (peer is null)
        {
            return;
        }

        new PeerLoad(peer, context.Clock).Write(_day, context.Stop);
        long counted = peer.Count();
        context.Metrics.Check($"day of transactions, {CompareContext.NameOf(name)}: counted = made", $"{counted}, {_day.Transactions}",
            counted == _day.Transactions);
        AddDisk(CompareContext.NameOf(name), context.Options.Has(ComparePart.Disk) || name == PeerName.Clickhouse ? peer.Finish() : 0);
        if (!HasQueries)
        {
            return;
        }

        foreach (ComparedQuery query in ComparedQueries.All)
        {
            if (peer is ClickHousePeer clickHouse)
            {
                using Requester requester = Asked(name, query, clickHouse.PathOf(query.ClickHouse));
                Compare($"{ReportNames.Ours} and ClickHouse, {query.Name}", _ours[query.Name], ResponseRows.Read(requester.Answer, "data"));
            }
            else if (peer is InfluxPeer influx && query.Influx is { } statement)
            {
                Asked(name, query, influx.PathOf(statement)).Dispose();
            }
        }
    }

    private Requester Asked(PeerName name, ComparedQuery query, ServerAddress address)
    {
        Requester requester = new(context.Clock, context.Stop);
        Measure(requester, query.Name, CompareContext.NameOf(name), () => new HttpRequestMessage(HttpMethod.Get, address.ToString()));
        return requester;
    }

    private void Measure(Requester requester, string query, string system, Func<HttpRequestMessage> request)
    {
        LatencyHistogram latencies = requester.Measure(request, WarmUpCount, Count, _atMost);
        context.Metrics.Add(ReportNames.Query, query, ReportNames.MedianOf(system), latencies.Median);
        context.Metrics.Add(ReportNames.Query, query, system + " p99 ms", latencies.P99);
        context.Progress.Say($"query   {query,-40} {system,-16} {latencies.Median,10:F2} ms  ({latencies.Count} times)");
    }

    private void Compare(string name, ResponseRows ours, ResponseRows theirs)
    {
        string? difference = ours.DifferenceFrom(theirs);
        context.Metrics.Check(name + ": equal", difference ?? $"{ours.Count} rows", difference is null);
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
