using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TimeSeries.Benchmarks.Micro;

namespace TimeSeries.Benchmarks.Allocations;

/// <summary>
/// The command <c>allocations</c>: runs the suites marked with <see cref="AllocationGateAttribute"/> a few times each and fails when one allocates more than is
/// stored.
/// Bytes do not depend on how busy the machine is, so this may decide whether a change is good; times are left to <c>micro</c>.
/// </summary>
internal static class AllocationsCommand
{
    private const string DefaultPath = "Benchmarks/Allocations/baselines.json";

    public static Command Create()
    {
        Option<string> baselines = CommandOption.Of("--baselines", "File with the stored bytes.", DefaultPath);
        Option<bool> update = CommandOption.Of<bool>("--update", "Writes what was measured into the file instead of comparing.");
        Command command = new("allocations",
            "Compares allocated bytes of the micro benchmarks with stored ones; ends with 6 when one grew.") { baselines, update };
        command.SetAction(result => Run(result.GetValue(baselines)!, result.GetValue(update)));
        return command;
    }

    private static int Run(string path, bool update)
    {
        if (Measure() is not { Count: > 0 } measured)
        {
            return ExitCode.Incomplete;
        }

        if (update)
        {
            using StreamWriter file = new(path);
            file.Write(AllocationBaselines.ToText(measured));
            Console.WriteLine($"{measured.Count} benchmarks written to {path}.");
            return ExitCode.Success;
        }

        AllocationBaselines baselines = AllocationBaselines.Read(path);
        IReadOnlyList<string> faults = baselines.Compare(measured);

        // On a busy machine the runtime compiles and collects for longer, which allocates too: what grew does so each time.
        if (faults.Count > 0 && Measure() is { } again)
        {
            Dictionary<string, MeasuredAllocation> second = again.ToDictionary(allocation => allocation.Name, StringComparer.Ordinal);
            faults = baselines.Compare([.. measured.Select(first =>
                second.TryGetValue(first.Name, out MeasuredAllocation other) && other.BytesPerOperation < first.BytesPerOperation ? other : first)]);
        }

        foreach (string fault in faults)
        {
            Console.Error.WriteLine(fault);
        }

        Console.WriteLine($"{measured.Count} benchmarks compared with {path}; {faults.Count} do not fit.");
        return faults.Count == 0 ? ExitCode.Success : ExitCode.Grown;
    }

    // Null when one did not run.
    private static List<MeasuredAllocation>? Measure()
    {
        List<MeasuredAllocation> measured = [];
        foreach (Summary summary in BenchmarkRunner.Run(typeof(AllocationsCommand).Assembly, Config()))
        {
            foreach (BenchmarkReport report in summary.Reports)
            {
                if (!report.Success)
                {
                    Console.Error.WriteLine($"{report.BenchmarkCase.DisplayInfo} did not run.");
                    return null;
                }

                measured.Add(Measured(report));
            }
        }

        if (measured.Count == 0)
        {
            Console.Error.WriteLine("No suite was run.");
        }

        return measured;
    }

    private static ManualConfig Config() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(2).WithIterationCount(1).WithInvocationCount(1).WithUnrollFactor(1))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddFilter(new AnyCategoriesFilter([AllocationGateAttribute.Category]))
        .AddLogger(NullLogger.Instance)
        .WithOptions(ConfigOptions.DisableOptimizationsValidator | ConfigOptions.DisableLogFile);

    private static MeasuredAllocation Measured(BenchmarkReport report)
    {
        BenchmarkCase benchmark = report.BenchmarkCase;
        string parameters = benchmark.Parameters.Count == 0 ? "" : $"({benchmark.Parameters.DisplayInfo.Trim('[', ']')})";
        long operations = report.GcStats.TotalOperations;
        return new MeasuredAllocation(
            $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}{parameters}",
            (report.GcStats.GetTotalAllocatedBytes(excludeAllocationQuantumSideEffects: false) ?? 0) / (double)operations,
            operations);
    }
}
