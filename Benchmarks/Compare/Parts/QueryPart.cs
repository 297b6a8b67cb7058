using TimeSeries.Benchmarks.Compare.Asking;
using TimeSeries.Benchmarks.Compare.Day;
using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Compare.Parts;

/// <summary>
/// Gives every system the same day of transactions, asks it the same aggregates, and notes the bytes of its files. Our answers must be ClickHouse's.
/// </summary>
internal sealed class QueryPart(CompareContext context)
{
    private const int WarmUpCount = 100;
    private const int Count = 30;

    // The slowest question of the slowest system is asked a few times only.
    private static readonly TimeSpan _atMost = TimeSpan.FromSeconds(30);

    private readonly MeasuredDay _day = new(context.Options.Rows);
    private readonly Dictionary<string, AnswerRows> _ours = [];

    private bool HasQueries => context.Options.Has(ComparePart.Query);

    public async Task RunAsync()
    {
        if (HasQueries)
        {
            context.Figures.Note(
                ReportNames.Query,
                $"The same {context.Options.Rows:N0} transactions for all: 400 services, 20 agents, 50,000 users, one day. Over HTTP on one connection, from the first byte sent to the last byte of the answer, medians of {Count} times after {WarmUpCount} that do not count "
                + "(fewer where they would take over half a minute). Mean, least, greatest and number of elapsed. influxd has no top by count, so it answers with every group; it is asked the first three only, since it takes tens of seconds for each.");
        }

        context.Figures.Note(
            ReportNames.Disk, "TimeSeries: blocks after sealing and merging, rollups included, log excluded. ClickHouse: active parts after OPTIMIZE FINAL. influxd: all files after a full compaction. VictoriaMetrics: all but its cache, after a forced merge; seven numeric fields only.");
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

        context.Figures.Check("day of transactions: accepted = made", $"{accepted}, {_day.Transactions}", accepted == _day.Transactions);
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
            using Asker asker = new(context.Clock, context.Stop);
            foreach (Question question in Questions.All)
            {
                Measure(asker, question.Name, ReportNames.Ours, () => server.Question(question.Ours));
                AnswerRows rows = AnswerRows.Read(asker.Answer, "rows");
                _ours[question.Name] = rows;
                context.Figures.Add(ReportNames.Query, question.Name, "rows", rows.Count);
                context.Figures.Note(ReportNames.Query, $"{ReportNames.Ours} computed the answer {question.Name} from: {rows.Source}.");
            }

            server.End();
        }

        using MeasuredServer raw = new(context.Options.Server, folder, "--Query:Rollups=false");
        using Asker rawAsker = new(context.Clock, context.Stop);
        Question byService = Questions.All.First(question => question.Name == ReportNames.ByService);
        Measure(rawAsker, ReportNames.ByServiceRaw, ReportNames.Ours, () => raw.Question(byService.Ours));
        Compare("ours by service with and without rollups", _ours[ReportNames.ByService], AnswerRows.Read(rawAsker.Answer, "rows"));
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
        context.Figures.Check($"day of transactions, {CompareContext.NameOf(name)}: counted = made", $"{counted}, {_day.Transactions}", counted == _day.Transactions);
        AddDisk(CompareContext.NameOf(name), context.Options.Has(ComparePart.Disk) || name == PeerName.Clickhouse ? peer.Finish() : 0);
        if (!HasQueries)
        {
            return;
        }

        foreach (Question question in Questions.All)
        {
            if (peer is ClickHousePeer clickHouse)
            {
                using Asker asker = Asked(name, question, clickHouse.PathOf(question.ClickHouse));
                Compare($"{ReportNames.Ours} and ClickHouse, {question.Name}", _ours[question.Name], AnswerRows.Read(asker.Answer, "data"));
            }
            else if (peer is InfluxPeer influx && question.Influx is { } statement)
            {
                Asked(name, question, influx.PathOf(statement)).Dispose();
            }
        }
    }

    private Asker Asked(PeerName name, Question question, ServerAddress address)
    {
        Asker asker = new(context.Clock, context.Stop);
        Measure(asker, question.Name, CompareContext.NameOf(name), () => new HttpRequestMessage(HttpMethod.Get, address.ToString()));
        return asker;
    }

    private void Measure(Asker asker, string question, string system, Func<HttpRequestMessage> request)
    {
        LatencyHistogram latencies = asker.Measure(request, WarmUpCount, Count, _atMost);
        context.Figures.Add(ReportNames.Query, question, ReportNames.MedianOf(system), latencies.Median);
        context.Figures.Add(ReportNames.Query, question, system + " p99 ms", latencies.P99);
        context.Progress.Say($"query   {question,-40} {system,-16} {latencies.Median,10:F2} ms  ({latencies.Count} times)");
    }

    private void Compare(string name, AnswerRows ours, AnswerRows theirs)
    {
        string? difference = ours.DifferenceFrom(theirs);
        context.Figures.Check(name + ": equal", difference ?? $"{ours.Count} rows", difference is null);
    }

    private void AddDisk(string system, long bytes)
    {
        if (bytes > 0 && context.Options.Has(ComparePart.Disk))
        {
            context.Figures.Add(ReportNames.Disk, system, ReportNames.BytesPerRow, (double)bytes / _day.Transactions);
            context.Figures.Add(ReportNames.Disk, system, "bytes", bytes);
            context.Progress.Say($"disk    {system,-40} {(double)bytes / _day.Transactions,12:F1} bytes/row");
        }
    }
}
