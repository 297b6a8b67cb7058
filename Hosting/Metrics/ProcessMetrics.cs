using System.Globalization;
using TimeSeries.Core.Files;

namespace TimeSeries.Hosting.Metrics;

/// <summary>Memory and garbage collections of the process. Anonymous memory is what Linux counts as resident and not backed by a file (proc_pid_status(5)).</summary>
public sealed class ProcessMetrics : IMetricSource
{
    public void Write(PrometheusText text)
    {
        if (ProcessStatus.Read() is { } status)
        {
            Gauge(text, "process_resident_memory_bytes", "Resident memory.", status.ResidentBytes);
            Gauge(text, "process_anonymous_memory_bytes", "Resident memory that no file backs.", status.ResidentBytes - status.FileBytes);
            Gauge(text, "process_threads", "Threads of the process.", status.ThreadCount);
        }

        GCMemoryInfo collected = GC.GetGCMemoryInfo();
        Gauge(text, "dotnet_gc_heap_size_bytes", "Heap after the last collection.", collected.HeapSizeBytes);
        Gauge(text, "dotnet_gc_committed_bytes", "Memory that the collector holds.", collected.TotalCommittedBytes);
        text.Metric("dotnet_gc_collections_total", "counter", "Collections, by generation.");
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            text.Value("dotnet_gc_collections_total", GC.CollectionCount(generation), ("generation", generation.ToString(CultureInfo.InvariantCulture)));
        }

        text.Metric("dotnet_gc_allocated_bytes_total", "counter", "Bytes allocated on the heap.");
        text.Value("dotnet_gc_allocated_bytes_total", GC.GetTotalAllocatedBytes());
        text.Metric("dotnet_gc_pause_seconds_total", "counter", "Time that collections paused the process.");
        text.Value("dotnet_gc_pause_seconds_total", GC.GetTotalPauseDuration().TotalSeconds);
    }

    private static void Gauge(PrometheusText text, string name, string help, long value)
    {
        text.Metric(name, "gauge", help);
        text.Value(name, value);
    }
}
