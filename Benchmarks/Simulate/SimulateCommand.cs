using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using TimeSeries.Simulation.Plans;
using TimeSeries.Simulation.Running;

namespace TimeSeries.Benchmarks.Simulate;

/// <summary>The command <c>simulate</c>: runs the whole node on faulty disks, a plan a seed, and compares all it responds with what was pushed.</summary>
internal static class SimulateCommand
{
    private const int MaxShrunk = 3;

    public static Command Create()
    {
        Option<int> seeds = CommandOption.Of("--seeds", "How many seeds.", 1_000);
        Option<int> from = CommandOption.Of("--from", "The first seed.", 1);
        Option<int> steps = CommandOption.Of("--steps", "Steps a seed.", 60);
        Option<int> workers = CommandOption.Of("--workers", "How many seeds run side by side.", Environment.ProcessorCount);
        seeds.Between(1, int.MaxValue);
        from.Between(0, int.MaxValue);
        steps.Between(1, 100_000);
        workers.Between(1, 1_024);
        Command command = new("simulate",
            "Runs a whole node, stepped in virtual time, on a disk that fails, a plan a seed. After each step all that it responds is compared with what was "
                + "pushed. Prints what was met, and of a seed that fails the steps that are needed; ends with 5 then.")
        {
            seeds, from, steps, workers,
        };
        command.SetAction((result, _) => Task.FromResult(Run(
            new SeedRange(result.GetValue(from), result.GetValue(seeds), result.GetValue(steps)) { Workers = result.GetValue(workers) })));
        return command;
    }

    private static int Run(SeedRange range)
    {
        Stopwatch clock = Stopwatch.StartNew();
        SeedResults results = range.Run();
        TimeSpan time = clock.Elapsed;
        FaultCounts counts = results.Counts;
        Write($"seeds {results.Seeds}, {results.Seeds / time.TotalSeconds:F1} a second, {time.TotalSeconds:F1} s");
        Write($"steps {Enum.GetValues<StepKind>().Sum(kind => counts[kind])}, looks at all results {counts.Looks}");
        foreach (StepKind kind in Enum.GetValues<StepKind>())
        {
            Write($"  step {kind} {counts[kind]}");
        }

        Write($"faults {Enum.GetValues<FaultKind>().Sum(kind => counts[kind])}");
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
        {
            Write($"  fault {kind} {counts[kind]}");
        }

        Write($"looks that damage kept from some results, which was told {counts.ToldLooks}");
        Write($"batches that lost samples to damage, which was told {counts.LostBatches}");
        Write($"starts that a damaged file refused {counts.RefusedStarts}");
        Write($"failing seeds {results.Failing.Count}");
        for (int i = 0; i < results.Failing.Count; i++)
        {
            (long seed, string what) = results.Failing[i];
            Write(i < MaxShrunk ? (FormattableString)$"{range.Shrink(seed, what)}" : $"seed {seed}: {what}");
            Write($"  again: dotnet run -c Release --project Benchmarks -- simulate --seeds 1 --from {seed} --steps {range.Steps}");
        }

        return results.Failing.Count == 0 ? ExitCode.Success : ExitCode.Different;
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
