using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Hosting.Telemetry;

/// <summary>
/// The metrics of the process: memory, threads and garbage collections. Anonymous memory is what Linux counts as resident and not backed by a file
/// (proc_pid_status(5)). The runtime's own meter has most of them under other names, which dashboards do not know.
/// </summary>
internal sealed class HostInstruments
{
    public HostInstruments(IMeterFactory meters)
    {
        Meter meter = meters.Create("TimeSeries.Hosting");
        if (ProcessStatus.Read() is not null)
        {
            meter.CreateObservableGauge("process.resident_memory", static () => Status().ResidentBytes, "By", "Resident memory.");
            meter.CreateObservableGauge("process.anonymous_memory", static () => Anonymous(Status()), "By", "Resident memory that no file backs.");
            meter.CreateObservableGauge("process.threads", static () => Status().ThreadCount, "{thread}", "Threads of the process.");
            meter.CreateObservableGauge("process.open_fds", static () => (long)OpenFileLimit.CountOpen(), null, "Open file descriptors.");
            meter.CreateObservableGauge("process.max_fds", static () => OpenFileLimit.Current() ?? -1, null, "Most file descriptors; -1 without a limit.");
        }

        using (Process process = Process.GetCurrentProcess())
        {
            double started = new DateTimeOffset(process.StartTime.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeMilliseconds() / 1_000.0;
            meter.CreateObservableGauge("process.start_time", () => started, "s", "When the process started, since the Unix epoch.");
        }

        meter.CreateObservableCounter("process.cpu", static () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time of the process.");
        meter.CreateObservableGauge(
            "timeseries.build_info", static () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", HostVersion.Text)), null,
            "Always 1; the label tells the version.");
        meter.CreateObservableGauge("dotnet.gc.heap_size", static () => GC.GetGCMemoryInfo().HeapSizeBytes, "By", "Heap after the last collection.");
        meter.CreateObservableGauge("dotnet.gc.committed", static () => GC.GetGCMemoryInfo().TotalCommittedBytes, "By", "Memory that the collector holds.");
        meter.CreateObservableCounter("dotnet.gc.collections", Collections, "{collection}", "Collections, by generation.");
        meter.CreateObservableCounter("dotnet.gc.allocated", static () => GC.GetTotalAllocatedBytes(), "By", "Bytes allocated on the heap.");
        meter.CreateObservableCounter(
            "dotnet.gc.pause", static () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time that collections paused the process.");
    }

    private static ProcessStatus Status() => ProcessStatus.Read().GetValueOrDefault();

    private static long Anonymous(ProcessStatus status) => status.ResidentBytes - status.FileBytes;

    private static IEnumerable<Measurement<long>> Collections() => Enumerable.Range(0, GC.MaxGeneration + 1)
        .Select(generation => new Measurement<long>(
            GC.CollectionCount(generation), new KeyValuePair<string, object?>("generation", generation.ToString(CultureInfo.InvariantCulture))));
}

/// <summary>The buckets of every histogram of durations.</summary>
public static class Latencies
{
    /// <summary>Bounds in seconds, from 0.1 ms to the longest that a query may take.</summary>
    public static InstrumentAdvice<double> Advice { get; } = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };
}
