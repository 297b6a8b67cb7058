using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load.Exports;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>
/// Measures how fast spans and lines are taken: by ours over OTLP and line protocol, by the others over line protocol, where they have it. One generator for
/// all, on the same processors, each system alone on an empty folder.
/// </summary>
internal sealed class ExportMeasurement(CompareContext context)
{
    private const int BatchSamples = 1_000;
    private const int Connections = 4;
    private const int SpansPerTransaction = 5;

    private static readonly PeerName[] _withLines = [PeerName.Influxdb, PeerName.Victoriametrics];

    public async Task RunAsync()
    {
        string influx = context.TitleOf(PeerName.Influxdb);
        string victoria = context.TitleOf(PeerName.Victoriametrics);
        context.Metrics.Note(
            ReportNames.Exports,
            $"Requests of {BatchSamples:N0} over {Connections} connections: spans like those of a web application under an SDK, five a trace, or transactions "
                + "as lines of 11 fields, each with an id and a time of its own. A row is a span or a line. The generator and its bodies are the same for "
                + $"every system; it shares the processors. TimeSeries responds after its log is on disk, {influx} fsyncs its own, {victoria} does not. "
                + $"{victoria} makes a number of each text.");
        foreach ((string name, string protocol, bool gzip) in (IReadOnlyList<(string, string, bool)>)
        [
            ("OTLP over HTTP", "otlp", false), ("OTLP over HTTP, gzip", "otlp", true),
            ("OTLP over gRPC", "otlp-grpc", false), ("OTLP over gRPC, gzip", "otlp-grpc", true), ("lines", "lines", false),
        ])
        {
            await OursAsync($"{ReportNames.Ours}, {name}", protocol, gzip);
        }

        foreach (PeerName name in _withLines.Intersect(context.Options.Peers))
        {
            await context.TryAsync($"lines, {context.TitleOf(name)}", () => TheirsAsync(name));
        }
    }

    private async Task OursAsync(string row, string protocol, bool gzip)
    {
        string folder = context.NewFolder("otlp");
        Uri grpc = new($"http://127.0.0.1:{FreePorts.Take(1)[0]}");
        using (MeasuredServer server = new(context.Options.Server, folder, "--Otlp:Http=", $"--Otlp:Grpc={grpc}"))
        {
            ExportLoadOptions options = new(
                new Uri(server.Address.Of("/")), grpc, MeasuredServer.Token, protocol, context.Options.WarmUp, Connections, BatchSamples, gzip);
            long taken = await MeasureAsync(row, options, () => server.ProcessorTime);
            long counted = server.CountTransactions() * (protocol == "lines" ? 1 : SpansPerTransaction);
            Check(row, taken, counted);
            server.End();
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task TheirsAsync(PeerName name)
    {
        using IPeer? peer = context.Start(name);
        if (peer is null)
        {
            return;
        }

        Uri address = new(peer.WriteAddress.ToString());
        string row = $"{context.TitleOf(name)}, lines";
        ExportLoadOptions options = new(address, address, "none", "lines", context.Options.WarmUp, Connections, BatchSamples, Gzip: false)
        {
            LinesAddress = address,
        };
        long taken = await MeasureAsync(row, options, () => peer.ProcessorTime);

        // VictoriaMetrics counts fields, not lines.
        if (name == PeerName.Influxdb)
        {
            Check(row, taken, peer.Count());
        }
    }

    // Returns how many were taken, the warm-up's among them.
    private async Task<long> MeasureAsync(string row, ExportLoadOptions options, Func<TimeSpan> processorTime)
    {
        ExportReport warm = await RunAsync(options, processorTime);
        ExportReport load = await RunAsync(options with { Length = context.Options.Length }, processorTime);
        double millions = load.Samples / 1e6;
        context.Metrics.Add(ReportNames.Exports, row, ReportNames.RowsPerSecond, load.SamplesPerSecond);
        context.Metrics.Add(ReportNames.Exports, row, ReportNames.ProcessorSeconds, load.ServerCpuSeconds / millions);
        context.Metrics.Add(ReportNames.Exports, row, "client CPU s/million", load.GeneratorCpuSeconds / millions);
        context.Metrics.Add(ReportNames.Exports, row, ReportNames.P50, load.P50Ms);
        context.Metrics.Add(ReportNames.Exports, row, ReportNames.P99, load.P99Ms);
        context.Progress.Say($"otlp    {row,-40} {load.SamplesPerSecond,12:N0} rows/s  {load.ServerCpuSeconds / millions:F2} s/million");
        return warm.Samples + load.Samples;
    }

    private async Task<ExportReport> RunAsync(ExportLoadOptions options, Func<TimeSpan> processorTime)
    {
        context.Stop.ThrowIfCancellationRequested();
        ExportLoad load = new(options, () => Task.FromResult(processorTime().TotalSeconds), context.Clock);
        ExportReport report = await load.RunAsync();
        return report.Errors == 0 && report.Samples > 0 ? report : throw new InvalidDataException($"The load failed: {load.FirstError}");
    }

    private void Check(string row, long confirmed, long counted) =>
        context.Metrics.Check($"otlp, {row}: confirmed = counted afterwards", $"{NumberText.Of(confirmed)}, {NumberText.Of(counted)}", confirmed == counted);
}
