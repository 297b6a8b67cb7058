using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>
/// Gives every system the same day of transactions, asks it the same aggregates, and notes the bytes of its files. Our responses must be those of ClickHouse
/// and DuckDB.
/// </summary>
internal sealed class QueryMeasurement(CompareContext context)
{
    private readonly MeasuredDay _day = new(context.Options.Rows);
    private readonly QueryTurns _turns = new(context);

    private bool HasQueries => context.Options.Has(ComparePart.Query);

    public async Task RunAsync()
    {
        AddNotes();
        string folder = context.NewFolder("query");
        await PushOursAsync(folder);
        if (HasQueries)
        {
            AskOurs(folder);
        }

        foreach (PeerName name in context.Options.Peers.Where(name => context.Options.Has(ComparePart.Disk) || name != PeerName.Victoriametrics))
        {
            context.Try($"query, {context.TitleOf(name)}", () => Theirs(name, folder));
        }

        Directory.Delete(folder, recursive: true);
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
                    + $"connection, from the first byte sent to the last byte of the response, medians of {QueryTurns.Count} times after "
                    + $"{QueryTurns.WarmUpCount} that do not count (fewer where they would take over half a minute). "
                    + "Mean, least, greatest and number of elapsed. "
                    + $"{influx} has no top by count, so it responds with every group; it is asked the first three only, since each takes tens of seconds.");
            context.Metrics.Note(
                ReportNames.Query,
                $"p95: ours is within 1 % and is checked against the exact value of its rank; {clickHouse} computes quantileExact and {duckDb} quantile_disc. "
                    + $"Distinct addresses: ours is the total of an aggregate by address. {duckDb} is a library: its host is as small as can be. "
                    + $"{ReportNames.OursRaw} and {duckDb} are asked by turns, a query each, so that what else the machine does meets both.");
        }

        context.Metrics.Note(
            ReportNames.Disk,
            $"TimeSeries: {ReportNames.OursOnDisk}, after sealing and merging. {clickHouse}: active parts after OPTIMIZE FINAL. "
                + $"{influx}: all files after a full compaction. {context.TitleOf(PeerName.Victoriametrics)}: all but its cache, after a forced merge; "
                + $"seven numeric fields only. {duckDb}: its file after CHECKPOINT.");
    }

    private async Task PushOursAsync(string folder)
    {
        long accepted;
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            accepted = new DayPush(server.Address, MeasuredServer.Token, context.Stop).Transactions(_day);
            server.End();
        }

        context.Metrics.Check("day of transactions: accepted = made", $"{accepted}, {_day.Transactions}", accepted == _day.Transactions);
        AddDisk(ReportNames.Ours, await MeasuredServer.SettleAsync(folder));
    }

    private void AskOurs(string folder)
    {
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            using QueriedSystem ours = _turns.Ours(server);
            _turns.Run(ours);
            server.End();
        }

        // With DuckDB they are measured by turns.
        if (!context.Has(PeerName.Duckdb))
        {
            using MeasuredServer server = StartRaw(folder);
            using QueriedSystem raw = _turns.OursRaw(server);
            _turns.Run(raw);
            server.End();
        }
    }

    private void Theirs(PeerName name, string folder)
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
        if (HasQueries)
        {
            Ask(name, peer, folder);
        }
    }

    private void Ask(PeerName name, IPeer peer, string folder)
    {
        using QueriedSystem theirs = _turns.Theirs(context.TitleOf(name), peer);
        if (name != PeerName.Duckdb)
        {
            _turns.Run(theirs);
            return;
        }

        using MeasuredServer server = StartRaw(folder);
        using QueriedSystem raw = _turns.OursRaw(server);
        _turns.Run(raw, theirs);
        server.End();
    }

    private MeasuredServer StartRaw(string folder) => new(context.Options.Server, folder, "--Query:Rollups=false");

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
