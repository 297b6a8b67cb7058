using System.Globalization;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>
/// Measures what influxd takes from a plain loader and what it takes through Ingest, in turns, each phase with an influxd of its own.
/// Ingest is pushed to at the rate that the loader before it reached, and its time ends when InfluxDB has all: what waits in the log does not count.
/// </summary>
internal sealed class InfluxLoad(InfluxLoadOptions options, TimeProvider clock)
{
    private const int PushConnections = 2;

    // What a machine that is not full carries, so that it can catch up.
    private const double OutageShare = 0.5;

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
            PhaseReport last = ingest[^1];
            Show(string.Create(CultureInfo.InvariantCulture, $"loader {loader[^1].SamplesPerSecond,9:N0}/s   Ingest {last.SamplesPerSecond,9:N0}/s   "
                + $"CPU Ingest {last.IngestCpuSeconds:F1} s, influxd {last.InfluxdCpuSeconds:F1} s"));
        }

        InfluxLoadReport report = Report(connections, loader, ingest);
        return options.Outage > TimeSpan.Zero && !stop.IsCancellationRequested
            ? report with { Outage = new InfluxOutage(options, clock).Run(Rate(ingest) * OutageShare, stop) }
            : report;
    }

    /// <summary>The load on an Ingest: a rate, whatever it does.</summary>
    public static LoadOptions Pushes(IngestServer ingest, InfluxLoadOptions options, double rate, TimeSpan length) => new()
    {
        Address = ingest.Address,
        Token = IngestServer.Token,
        Length = length,
        WarmUp = TimeSpan.Zero,
        ConnectionCount = PushConnections,
        BatchSamples = options.BatchSamples,
        Form = options.Form,
        Kind = Kind.Transaction,
        HasGateway = false,
        Json = false,
        Gzip = false,
        // As the plain loader does, which this is compared with.
        Repeats = true,
        Rate = rate,
    };

    private int FindConnections() => _trialConnections.MaxBy(count =>
    {
        PhaseReport trial = Load(count, _trialLength);
        Show(string.Create(CultureInfo.InvariantCulture, $"{count} connections {trial.SamplesPerSecond,9:N0}/s"));
        return trial.SamplesPerSecond;
    });

    private PhaseReport Load(int connections, TimeSpan length)
    {
        using InfluxServer influx = InfluxServer.Start(options.Influxd);
        LineLoad load = new(influx, options, connections, clock);
        load.Run(options.WarmUp);
        return load.Run(length);
    }

    private PhaseReport Push(double rate, CancellationTokenSource stop)
    {
        using InfluxServer influx = InfluxServer.Start(options.Influxd);
        using IngestServer ingest = new(options.Ingest, influx, options);
        long warm = Push(ingest, rate, options.WarmUp, stop, out _).Samples + 1;
        TimeSpan influxdBefore = influx.ProcessorTime;
        TimeSpan ingestBefore = ingest.ProcessorTime;
        long start = clock.GetTimestamp();
        LoadReport pushed = Push(ingest, rate, options.Length, stop, out string? firstError);
        double seconds = clock.GetElapsedTime(start).TotalSeconds;
        return new PhaseReport
        {
            Samples = pushed.Samples + 1,
            Seconds = Math.Round(seconds, 2),
            SamplesPerSecond = Math.Round((pushed.Samples + 1) / seconds),
            BytesPerSample = Math.Round((double)pushed.BytesSent / Math.Max(1, pushed.Samples), 1),
            IngestCpuSeconds = Math.Round((ingest.ProcessorTime - ingestBefore).TotalSeconds, 2),
            InfluxdCpuSeconds = Math.Round((influx.ProcessorTime - influxdBefore).TotalSeconds, 2),
            GeneratorCpuSeconds = pushed.GeneratorCpuSeconds,
            Stored = influx.Number(CountStatement) - warm,
            Errors = pushed.Errors,
            FirstError = firstError,
        };
    }

    // Pushes, and returns when InfluxDB has all.
    private LoadReport Push(IngestServer ingest, double rate, TimeSpan length, CancellationTokenSource stop, out string? firstError)
    {
        using LoadRun run = new(Pushes(ingest, options, rate, length), clock);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        run.Start(end);
        new LoadProgress(run, length).Show(end.Token);
        LoadReport report = run.Finish(end);
        ingest.PushLast(clock);
        firstError = run.FirstError;
        return report;
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
            Outage = null,
            Missing = loader.Concat(ingest).Sum(phase => Math.Abs(phase.Samples - phase.Stored)),
        };
    }

    private static double Rate(List<PhaseReport> phases) => phases.Sum(phase => phase.Samples) / phases.Sum(phase => phase.Seconds);

    private static void Show(string text) => Console.Error.WriteLine(text);
}
