using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>
/// Measures acks at half of the rate that batches of 100 reach, on schedule whatever the server does, against flushes of the same size on the same disk before
/// and after.
/// </summary>
internal sealed class LatencyMeasurement(CompareContext context)
{
    private const int BatchSamples = 100;
    private const int Connections = 8;

    // At half the rate what a merge calls is compiled with full optimization only after a minute, and compiling takes a processor for as long as an ack at the
    // 99th percentile waits.
    private const int LongerWarmUp = 5;

    private const string HalfRate = "acks at half the rate (open loop)";

    private readonly LatencyHistogram _flushes = new();

    public void Run()
    {
        string folder = context.NewFolder("latency");
        LoadReport full;
        int recordBytes;
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            Load(server, context.Options.WarmUp);
            full = Load(server, context.Options.Length);
            recordBytes = (int)Math.Max(1, server.Metric("timeseries_log_written_bytes_total") / Math.Max(1, server.Metric("timeseries_log_records_total")));
            server.End();
        }

        // Nothing else of ours is at work on the disk meanwhile.
        Flush("fdatasync before", folder, recordBytes);
        AtHalfRate(full, recordBytes);
        Flush("fdatasync after", folder, recordBytes);
        Add("fdatasync, both", _flushes.Median, _flushes.P99, _flushes.Longest, null);
        context.Metrics.Add(ReportNames.Latency, "ratio", ReportNames.P50,
            context.Metrics.Find(ReportNames.Latency, HalfRate, ReportNames.P50)!.Value / _flushes.Median);
        context.Metrics.Add(ReportNames.Latency, "ratio", ReportNames.P99,
            context.Metrics.Find(ReportNames.Latency, HalfRate, ReportNames.P99)!.Value / _flushes.P99);
        Directory.Delete(folder, recursive: true);
    }

    // On an empty folder, so that it merges what comes at this rate, not what the full rate left behind.
    private void AtHalfRate(LoadReport full, int recordBytes)
    {
        string folder = context.NewFolder("latency at half the rate");
        using MeasuredServer server = new(context.Options.Server, folder);
        TimeSpan warmUp = LongerWarmUp * context.Options.WarmUp;
        LoadReport half = OurLoad.Run(context, server, SampleForm.Rows, Connections, BatchSamples, warmUp + context.Options.Length,
            full.SamplesPerSecond / 2, warmUp);
        double flushCount = server.Metric("timeseries_log_flushes_total");
        LoadReport one = OurLoad.Run(context, server, SampleForm.Rows, 1, BatchSamples, context.Options.Length / 2);
        context.Metrics.Note(
            ReportNames.Latency,
            $"Rows of 16 fields, {Connections} connections, full rate {full.SamplesPerSecond:N0} samples/s. A batch of 100 is a log record of {recordBytes:N0} "
                + "bytes; fdatasync is that of appends of this size, one after the other, in the same run while no server runs. "
            + $"At half the rate a flush served {half.Batches / Math.Max(1, flushCount):F1} batches; {half.UnsentBatches} batches that were due were not "
            + $"answered by the end. At half the rate the first {warmUp.TotalSeconds:F0} s do not count. The generator took "
            + $"{half.GeneratorCpuSeconds / half.Seconds / Environment.ProcessorCount:P0} of the processors; its threads waited for processors like all "
            + "others, which counts. Times of open loops count from when a batch was due.");
        Add("acks at the full rate (closed loop)", full.P50Ms, full.P99Ms, full.MaxMs, full.SamplesPerSecond);
        Add(HalfRate, half.P50Ms, half.P99Ms, half.MaxMs, half.SamplesPerSecond);
        Add("acks of one connection alone (closed loop)", one.P50Ms, one.P99Ms, one.MaxMs, one.SamplesPerSecond);
        server.End();
        Directory.Delete(folder, recursive: true);
    }

    private LoadReport Load(MeasuredServer server, TimeSpan length) => OurLoad.Run(context, server, SampleForm.Rows, Connections, BatchSamples, length);

    private void Flush(string row, string folder, int bytes)
    {
        LatencyHistogram flushes = new();
        FlushLoop.Run(folder, bytes, context.Options.Length / 3, flushes, context.Clock);
        _flushes.Add(flushes);
        Add(row, flushes.Median, flushes.P99, flushes.Longest, null);
    }

    private void Add(string row, double p50, double p99, double maximum, double? rate)
    {
        context.Metrics.Add(ReportNames.Latency, row, ReportNames.P50, p50);
        context.Metrics.Add(ReportNames.Latency, row, ReportNames.P99, p99);
        context.Metrics.Add(ReportNames.Latency, row, "longest ms", maximum);
        if (rate is { } samplesPerSecond)
        {
            context.Metrics.Add(ReportNames.Latency, row, "samples/s", samplesPerSecond);
        }

        context.Progress.Say($"latency {row,-40} p50 {p50:F3} ms, p99 {p99:F3} ms");
    }
}
