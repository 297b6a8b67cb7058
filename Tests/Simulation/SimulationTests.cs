using NUnit.Framework;
using TimeSeries.Simulation.Plans;
using TimeSeries.Simulation.Running;

namespace TimeSeries.Tests.Simulation;

/// <summary>A whole node, stepped in virtual time, on disks that fail: a thousand plans, each from a seed.</summary>
internal sealed class SimulationTests
{
    private const int Seeds = 1_000;
    private const int Steps = 40;

    [Test]
    public void A_thousand_seeds_lose_and_double_nothing_and_meet_every_step_and_every_fault()
    {
        SeedRange range = new(1, Seeds, Steps) { MaxFailures = 1 };
        SeedResults results = range.Run();
        foreach ((long seed, string what) in results.Failing)
        {
            Assert.Fail($"{range.Shrink(seed, what)}\n  again: dotnet run -c Release --project Benchmarks -- simulate --seeds 1 --from {seed} --steps {Steps}");
        }

        TestContext.Out.WriteLine(string.Join('\n', Enum.GetValues<StepKind>().Select(kind => $"{kind} {results.Counts[kind]}")
            .Concat(Enum.GetValues<FaultKind>().Select(kind => $"fault {kind} {results.Counts[kind]}"))));
        Assert.Multiple(() =>
        {
            Assert.That(results.Seeds, Is.EqualTo(Seeds));
            Assert.That(Enum.GetValues<StepKind>().Where(kind => results.Counts[kind] == 0), Is.Empty, "steps that were never made");
            Assert.That(Enum.GetValues<FaultKind>().Where(kind => results.Counts[kind] == 0), Is.Empty, "faults that were never met");
        });
    }

    [Test]
    public void The_same_seed_gives_the_same_run([Range(1, 40)] int seed)
    {
        SimulationRun first = new(SimulationPlan.Of(seed, Steps));
        SimulationRun second = new(SimulationPlan.Of(seed, Steps));
        Assert.That((first.Run(), first.Trace), Is.EqualTo((second.Run(), second.Trace)));
    }

    [Test]
    public void The_steps_of_a_plan_can_be_written_down_and_read_again()
    {
        SimulationPlan plan = SimulationPlan.Of(7, Steps);
        Assert.That(SimulationPlan.Parse(plan.Settings, plan.StepText).Steps, Is.EqualTo(plan.Steps));
    }
}
