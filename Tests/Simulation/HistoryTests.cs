using NUnit.Framework;
using TimeSeries.Simulation.History;
using TimeSeries.Simulation.Node;
using TimeSeries.Simulation.Planted;

namespace TimeSeries.Tests.Simulation;

/// <summary>
/// Pushes, resends and queries at one time on a host with all its threads, through a power cut: each read is explained by an order of the writes.
/// </summary>
internal sealed class HistoryTests
{
    [Test]
    public async Task Each_read_is_explained_by_an_order_of_the_writes()
    {
        (int events, IReadOnlyList<string> faults) = await RunAsync(() => new NodeSeams());
        TestContext.Out.WriteLine($"{events} events");
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public async Task A_planted_fault_is_found([Values(
        PlantedFault.LostFlush, PlantedFault.DoubleReplay, PlantedFault.EarlyAcknowledgement, PlantedFault.MissedDirectoryFlush,
        PlantedFault.StaleSnapshot)] PlantedFault fault)
    {
        (_, IReadOnlyList<string> faults) = await RunAsync(() => new PlantedSeams(fault));
        Assert.That(faults, Is.Not.Empty);
        TestContext.Out.WriteLine($"{faults.Count} reads, the first: {faults[0]}");
    }

    private static async Task<(int Events, IReadOnlyList<string> Faults)> RunAsync(Func<NodeSeams> seams)
    {
        HistoryRun run = new(seams);
        await run.RunAsync();
        HistoryEvent[] events = run.History.Events;
        return (events.Length, HistoryChecker.FindUnexplained(events));
    }
}
