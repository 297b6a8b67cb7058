using System.Globalization;

namespace TimeSeries.Hosting.Metrics;

/// <summary>Memory and garbage collections of the process. Anonymous memory is what Linux counts as resident and not backed by a file (proc_pid_status(5)).</summary>
public sealed class ProcessMetrics : IMetricSource
{
    private const string Status = "/proc/self/status";
    private const long KibiByte = 1024;

    public void Write(PrometheusText text)
    {
        if (File.Exists(Status))
        {
            string[] lines = File.ReadAllLines(Status);
            long resident = Read(lines, "VmRSS:");
            Gauge(text, "process_resident_memory_bytes", "Resident memory.", resident);
            Gauge(text, "process_anonymous_memory_bytes", "Resident memory that no file backs.", resident - Read(lines, "RssFile:"));
            Gauge(text, "process_threads", "Threads of the process.", Read(lines, "Threads:") / KibiByte);
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

    private static long Read(string[] lines, string name)
    {
        string? line = Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal));
        string number = line is null ? "0" : line[name.Length..].Trim().Split(' ')[0];
        return long.Parse(number, CultureInfo.InvariantCulture) * KibiByte;
    }
}
