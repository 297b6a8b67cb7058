using System.Globalization;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;

namespace TimeSeries.Benchmarks.Shared;

/// <summary>
/// Measures what influxd takes from a plain loader and what it takes through Ingest, in turns, each phase with an influxd of its own.
/// Ingest is pushed to at the rate that the loader before it reached, and its time ends when InfluxDB has all: what waits in the log does not count.
/// </summary>
internal sealed class InfluxLoad(InfluxLoadOptions options, TimeProvider clock)
{
    private const int PushConnections = 2;

    // Long enough for influxd to write its cache out several times.
    private static readonly TimeSpan _trialLength = TimeSpan.FromSeconds(6);

    private static readonly int[] _trialConnections = [2, 4, 8];

    /// <summary>Counts the samples that InfluxDB has.</summary>
    public static string CountStatement { get; } = $"SELECT count(\"{InfluxSchema.NumberField}\") FROM \"{InfluxSchema.MeasurementOf(Kind.Transaction)}\"";

    /// <summary>Runs all phases.</summary>
    public InfluxLoadReport Run(CancellationTokenSource stop)
    {
        int connections = options.ConnectionCount > 0 ? options.ConnectionCount : FindConnections();
        List<PhaseReport> loader = [];
        List<PhaseReport> ingest = [];
        for (int round = 0; round < options.RoundCount && !stop.IsCancellationRequested; round++)
        {
            loader.Add(Load(connections, options.Length));
            ingest.Add(Push(loader[^1].SamplesPerSecond, stop));
            Show($"loader {loader[^1].SamplesPerSecond,9:N0}/s   Ingest {ingest[^1].SamplesPerSecond,9:N0}/s   CPU Ingest {ingest[^1].IngestCpuSeconds:F1} s, influxd {ingest[^1].InfluxdCpuSeconds:F1} s");
        }

        return Report(connections, loader, ingest);
    }

    private int FindConnections() => _trialConnections.MaxBy(count =>
    {
        PhaseReport trial = Load(count, _trialLength);
        Show($"{count} connections {trial.SamplesPerSecond,9:N0}/s");
        return trial.SamplesPerSecond;
    });

    private PhaseReport Load(int connections, TimeSpan length)
    {
        using InfluxServer influx = InfluxServer.Start(options.Influxd);
        return new LineLoad(influx, options, connections, clock).Run(length);
    }

    private PhaseReport Push(double rate, CancellationTokenSource stop)
    {
        using InfluxServer influx = InfluxServer.Start(options.Influxd);
        using IngestServer ingest = new(options.Ingest, influx, options);
        LoadOptions load = new()
        {
            Address = ingest.Address,
            Token = IngestServer.Token,
            Length = options.Length,
            ConnectionCount = PushConnections,
            BatchSamples = options.BatchSamples,
            Form = options.Form,
            Kind = Kind.Transaction,
            Json = false,
            Gzip = false,
            Rate = rate,
        };
        using LoadRun run = new(load, clock);
        TimeSpan influxdBefore = influx.ProcessorTime;
        TimeSpan ingestBefore = ingest.ProcessorTime;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        run.Start(end);
        long start = clock.GetTimestamp();
        new LoadProgress(run, options.Length).Show(end.Token);
        LoadReport pushed = run.Finish(end);
        ingest.PushLast(clock);
        double seconds = clock.GetElapsedTime(start).TotalSeconds;
        return new PhaseReport
        {
            Samples = pushed.Samples + 1,
            Seconds = Math.Round(seconds, 2),
            SamplesPerSecond = Math.Round((pushed.Samples + 1) / seconds),
            LineBytesPerSample = 0,
            IngestCpuSeconds = Math.Round((ingest.ProcessorTime - ingestBefore).TotalSeconds, 2),
            InfluxdCpuSeconds = Math.Round((influx.ProcessorTime - influxdBefore).TotalSeconds, 2),
            GeneratorCpuSeconds = pushed.GeneratorCpuSeconds,
            Stored = influx.Number(CountStatement),
            Errors = pushed.Errors,
            FirstError = run.FirstError,
        };
    }

    private InfluxLoadReport Report(int connections, List<PhaseReport> loader, List<PhaseReport> ingest)
    {
        double ingestSamples = Math.Max(1, ingest.Sum(phase => phase.Samples));
        double influxdCpu = ingest.Sum(phase => phase.InfluxdCpuSeconds);
        double ingestCpu = ingest.Sum(phase => phase.IngestCpuSeconds);
        return new InfluxLoadReport
        {
            LoaderConnections = connections,
            Gzip = options.Gzip,
            Loader = loader,
            Ingest = ingest,
            Ratio = Math.Round(Rate(ingest) / Rate(loader), 3),
            IngestCpuShare = Math.Round(ingestCpu / influxdCpu, 3),
            IngestCpuMicroseconds = Math.Round(ingestCpu * 1e6 / ingestSamples, 2),
            InfluxdCpuMicroseconds = Math.Round(influxdCpu * 1e6 / ingestSamples, 2),
            Missing = loader.Concat(ingest).Sum(phase => Math.Abs(phase.Samples - phase.Stored)),
        };
    }

    private static double Rate(List<PhaseReport> phases) => phases.Sum(phase => phase.Samples) / phases.Sum(phase => phase.Seconds);

    private static void Show(FormattableString text) => Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
