using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>
/// Measures how fast each system takes transactions, one after the other, each on an empty folder and with its client on the same processors.
/// </summary>
internal sealed class IngestMeasurement(CompareContext context)
{
    private const int BatchSamples = 10_000;
    private const double Megabyte = 1e6;

    public void Run()
    {
        (string influx, string clickHouse) = (context.TitleOf(PeerName.Influxdb), context.TitleOf(PeerName.Clickhouse));
        (string victoria, string duckDb) = (context.TitleOf(PeerName.Victoriametrics), context.TitleOf(PeerName.Duckdb));
        context.Metrics.Note(
            ReportNames.Ingest,
            "Bodies are made beforehand, and every value of every row is drawn again before each is sent, for every system alike: no row repeats. In those "
                + "called repeated only times and ids change. Client CPU is the processor time of the generator, which shares the processors. TimeSeries "
                + $"responds after its log is on disk (fdatasync); {influx} and {duckDb} fsync their own; {clickHouse} and {victoria} do not. TimeSeries is "
                + $"sent 10,000 samples a batch, {influx} and {victoria} 10,000 over 4 connections, {clickHouse} 100,000 and {duckDb} 245,760 over 2.");
        foreach (SampleForm form in Enum.GetValues<SampleForm>())
        {
            foreach (int connections in context.Options.Connections)
            {
                Ours(form, connections, SentRows.Fresh);
                Ours(form, connections, SentRows.Repeated);
            }
        }

        foreach (PeerName name in context.Options.Peers)
        {
            context.Try($"ingest, {context.TitleOf(name)}", () => Theirs(name));
        }
    }

    private void Ours(SampleForm form, int connections, SentRows rows)
    {
        string folder = context.NewFolder("ingest");
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            LoadReport warm = OurLoad.Run(context, server, form, connections, BatchSamples, context.Options.WarmUp, rows: rows);
            double allocated = server.Metric("dotnet_gc_allocated_bytes_total");
            TimeSpan processor = server.ProcessorTime;
            using MemoryWatch memory = new(server.ProcessId);
            LoadReport load = OurLoad.Run(context, server, form, connections, BatchSamples, context.Options.Length, rows: rows);
            TimeSpan used = server.ProcessorTime - processor;
            allocated = server.Metric("dotnet_gc_allocated_bytes_total") - allocated;
            long counted = server.CountTransactions();
            string name = form.ToString().ToLowerInvariant();
            string row = $"{(rows == SentRows.Fresh ? ReportNames.OursIn(name) : ReportNames.RepeatedIn(name))}, {connections} connections";
            double samples = Math.Max(1, load.Samples);
            Add(row, load.SamplesPerSecond, used.TotalMicroseconds / samples, load.GeneratorCpuSeconds * 1e6 / samples);
            context.Metrics.Add(ReportNames.Ingest, row, ReportNames.AllocatedBytes, allocated / samples);
            context.Metrics.Add(ReportNames.Ingest, row, ReportNames.PeakMegabytes, memory.PeakBytes / Megabyte);
            context.Metrics.Add(ReportNames.Ingest, row, ReportNames.P50, load.P50Ms);
            context.Metrics.Add(ReportNames.Ingest, row, ReportNames.P99, load.P99Ms);
            context.Metrics.Add(ReportNames.Ingest, row, "responses 429", load.Rejected429);
            Check(row, warm.Samples + load.Samples, counted);
            server.End();
        }

        Directory.Delete(folder, recursive: true);
    }

    private void Theirs(PeerName name)
    {
        using IPeer? peer = context.Start(name);
        if (peer is null)
        {
            return;
        }

        PeerLoad load = new(peer, context.Clock);
        PeerSpeed warm = load.Run(context.Options.WarmUp);
        PeerSpeed speed = load.Run(context.Options.Length);
        string row = $"{context.TitleOf(name)}, {peer.Batches.Connections} connections";
        Add(row, speed.RowsPerSecond, speed.Processor.TotalMicroseconds / speed.Rows, speed.Generator.TotalMicroseconds / speed.Rows);
        if (speed.Waits > 0)
        {
            context.Metrics.Note(ReportNames.Ingest,
                $"{row} answered {speed.Waits} times that it had too many parts; the same batch was sent again half a second later.");
        }

        Check(row, warm.Rows + speed.Rows, peer.Count());
    }

    private void Add(string row, double rowsPerSecond, double processorMicroseconds, double clientMicroseconds)
    {
        context.Metrics.Add(ReportNames.Ingest, row, ReportNames.RowsPerSecond, rowsPerSecond);
        context.Metrics.Add(ReportNames.Ingest, row, ReportNames.ProcessorMicroseconds, processorMicroseconds);
        context.Metrics.Add(ReportNames.Ingest, row, "client CPU µs/row", clientMicroseconds);
        context.Progress.Say($"ingest  {row,-40} {rowsPerSecond,12:N0} rows/s  {processorMicroseconds:F2} µs/row");
    }

    private void Check(string row, long confirmed, long counted) =>
        context.Metrics.Check($"ingest, {row}: confirmed = counted afterwards", $"{NumberText.Of(confirmed)}, {NumberText.Of(counted)}", confirmed == counted);
}
