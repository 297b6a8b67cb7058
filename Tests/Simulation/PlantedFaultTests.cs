using NUnit.Framework;
using TimeSeries.Simulation.Planted;
using TimeSeries.Simulation.Running;

namespace TimeSeries.Tests.Simulation;

/// <summary>The simulation itself is checked: it finds faults that are planted in a node.</summary>
internal sealed class PlantedFaultTests
{
    private const int Seeds = 200;
    private const int Steps = 50;

    [Test]
    public void A_planted_fault_is_found([Values] PlantedFault fault)
    {
        SeedRange range = new(1, Seeds, Steps) { MaxFailures = 1, Planted = () => new PlantedSeams(fault) };
        SeedResults results = range.Run();
        Assert.That(results.Failing, Is.Not.Empty);
        TestContext.Out.WriteLine($"{fault} is found by seed {results.Failing[0].Key}, the {results.Seeds}th that ran: {results.Failing[0].Value}");
    }

    [Test]
    public void A_failing_seed_is_shrunk_to_the_steps_that_it_needs()
    {
        SeedRange range = new(1, Seeds, Steps) { MaxFailures = 1, Planted = () => new PlantedSeams(PlantedFault.DoubleReplay) };
        (long seed, string what) = range.Run().Failing[0];
        SimulationFailure failure = range.Shrink(seed, what);
        TestContext.Out.WriteLine(failure);
        Assert.That(failure.Shrunk.Steps, Has.Length.LessThanOrEqualTo(6));
        Assert.That(new SimulationRun(failure.Shrunk, new PlantedSeams(PlantedFault.DoubleReplay)).Run(), Is.EqualTo(failure.ShrunkWhat));
    }
}
