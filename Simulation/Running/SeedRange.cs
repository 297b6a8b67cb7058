using System.Collections.Concurrent;
using TimeSeries.Simulation.Node;
using TimeSeries.Simulation.Plans;

namespace TimeSeries.Simulation.Running;

/// <summary>Runs many seeds, each on one thread, some side by side.</summary>
/// <param name="From">The first seed.</param>
/// <param name="Count">How many.</param>
/// <param name="Steps">Steps a seed.</param>
internal sealed record SeedRange(long From, long Count, int Steps)
{
    /// <summary>How many run side by side.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>After so many failing seeds no more begin.</summary>
    public int MaxFailures { get; init; } = 10;

    /// <summary>What is planted in each node; null for nothing. Files are not damaged beside it.</summary>
    public Func<NodeSeams>? Planted { get; init; }

    /// <summary>Runs the seeds. Returns the counts of all, and the seeds that fail, in order.</summary>
    /// <param name="progress">Told, by any thread, how many seeds have run; null for nobody.</param>
    public SeedResults Run(Action<long>? progress = null)
    {
        FaultCounts counts = new();
        Lock gate = new();
        ConcurrentDictionary<long, string> failing = new();
        long next = 0;
        long done = 0;
        Thread[] workers = [.. Enumerable.Range(0, Workers).Select(_ => new Thread(Work) { IsBackground = true, Name = "simulation" })];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return new SeedResults(done, counts, [.. failing.OrderBy(pair => pair.Key)]);

        void Work()
        {
            while (Interlocked.Increment(ref next) is var index && index <= Count && failing.Count < MaxFailures)
            {
                long seed = From + index - 1;
                SimulationRun run = new(PlanOf(seed), Planted?.Invoke());
                if (run.Run() is { } wrong)
                {
                    failing[seed] = wrong;
                }

                lock (gate)
                {
                    counts.Add(run.Counts);
                    done++;
                    progress?.Invoke(done);
                }
            }
        }
    }

    /// <summary>The plan of a seed.</summary>
    public SimulationPlan PlanOf(long seed) => SimulationPlan.Of(seed, Steps, withoutDamage: Planted is not null);

    /// <summary>Shrinks a failing seed.</summary>
    public SimulationFailure Shrink(long seed, string what) => SimulationFailure.Of(seed, PlanOf(seed), what, Planted);
}

/// <summary>What came of many seeds.</summary>
/// <param name="Seeds">How many have run.</param>
/// <param name="Counts">Steps and faults of all.</param>
/// <param name="Failing">Those that fail, with what went wrong.</param>
internal sealed record SeedResults(long Seeds, FaultCounts Counts, IReadOnlyList<KeyValuePair<long, string>> Failing);
