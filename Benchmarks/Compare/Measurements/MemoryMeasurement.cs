using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>Measures anonymous memory under a full load for some time, and with everything stored while it is asked.</summary>
internal sealed class MemoryMeasurement(CompareContext context)
{
    private const int Connections = 4;
    private const int BatchSamples = 10_000;
    private const double Megabyte = 1e6;

    // Ten minutes at full rate would be more than some disks have.
    private const string MaxBytes = "--Storage:MaxBytes=20GiB";

    private static readonly SampleForm[] _forms = [SampleForm.Rows, SampleForm.Columns];

    public void Run()
    {
        context.Metrics.Note(
            ReportNames.Memory,
            $"{Connections} connections, batches of 10,000, {context.Options.MemoryLength.TotalSeconds:F0} s each; blocks beyond 20 GiB are deleted, the "
                + "oldest first. Then the same server is asked for everything by service.");
        foreach (SampleForm form in _forms)
        {
            Run(form);
        }
    }

    private void Run(SampleForm form)
    {
        string folder = context.NewFolder("memory");
        string row = ReportNames.OursIn(form.ToString().ToLowerInvariant());
        using (MeasuredServer server = new(context.Options.Server, folder, MaxBytes))
        {
            double allocated;
            LoadReport load;
            using (MemoryWatch memory = new(server.ProcessId))
            {
                load = OurLoad.Run(context, server, form, Connections, BatchSamples, context.Options.MemoryLength);
                allocated = server.Metric("dotnet_gc_allocated_bytes_total");
                context.Metrics.Add(ReportNames.Memory, row, ReportNames.PeakMegabytes, memory.PeakBytes / Megabyte);
                context.Progress.Say($"memory  {row,-40} {memory.PeakBytes / Megabyte,12:F0} MB at {load.SamplesPerSecond:N0} samples/s");
            }

            context.Metrics.Add(ReportNames.Memory, row, ReportNames.RowsPerSecond, load.SamplesPerSecond);
            context.Metrics.Add(ReportNames.Memory, row, "samples pushed", load.Samples);
            context.Metrics.Add(ReportNames.Memory, row, ReportNames.AllocatedBytes, allocated / Math.Max(1, load.Samples));
            using MemoryWatch asked = new(server.ProcessId);
            server.AskByService();
            context.Metrics.Add(ReportNames.Memory, row, "bytes of blocks", MeasuredServer.BlockBytes(folder));
            context.Metrics.Add(ReportNames.Memory, row, "RssAnon MB when asked afterwards", asked.PeakBytes / Megabyte);
            server.End();
        }

        Directory.Delete(folder, recursive: true);
    }
}
