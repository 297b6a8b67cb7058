using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest.Recovery;

/// <summary>An Ingest that finds its directory on another machine: in front of a shared store it becomes a node of its own.</summary>
public sealed class CopiedDirectoryTests
{
    private static readonly Machine _one = new("0123456789abcdef0123456789abcdef");
    private static readonly Machine _two = new("fedcba9876543210fedcba9876543210");

    [Test]
    public async Task Samples_from_the_copy_on_belong_to_a_new_node_and_those_before_to_the_old_one()
    {
        await using IngestTestHost host = await StartAsync(new LogFedRecordingStore(), _one);
        await host.TakenAsync(host.Batch(null, "agent", "/a", "/b", "/c"));
        ulong old = host.NodeIdOf(0);
        await using IngestTestHost copy = await host.CrashAsync(_two);
        await copy.TakenAsync(copy.Batch(null, "agent", "/d"));

        Assert.That((copy.NodeIdOf(2), copy.NodeIdOf(3) == old, copy.NodeIdOf(4) == copy.NodeIdOf(3)), Is.EqualTo((old, false, true)));
        Assert.That(copy.Log.Text, Does.Contain($"those of a new node, {copy.NodeIdOf(3):x16}"));
    }

    [Test]
    public async Task The_new_node_stays_when_the_host_is_started_again()
    {
        await using IngestTestHost host = await StartAsync(new LogFedRecordingStore(), _one);
        await host.TakenAsync(host.Batch());
        await using IngestTestHost copy = await host.CrashAsync(_two);
        await copy.TakenAsync(copy.Batch());
        (ulong, ulong) before = (copy.NodeIdOf(0), copy.NodeIdOf(1));
        await using IngestTestHost again = await copy.CrashAsync(_two);

        Assert.That((again.NodeIdOf(0), again.NodeIdOf(1)), Is.EqualTo(before));
        Assert.That(again.Log.Text, Does.Not.Contain("another machine"));
    }

    [Test]
    public async Task A_copy_of_a_copy_is_a_third_node()
    {
        await using IngestTestHost host = await StartAsync(new LogFedRecordingStore(), _one);
        await host.TakenAsync(host.Batch());
        await using IngestTestHost copy = await host.CrashAsync(_two);
        await copy.TakenAsync(copy.Batch());
        await using IngestTestHost third = await copy.CrashAsync(_one);

        Assert.That(new[] { third.NodeIdOf(0), third.NodeIdOf(1), third.NodeIdOf(2) }, Is.Unique);
    }

    [Test]
    public async Task The_embedded_store_needs_no_new_node()
    {
        await using IngestTestHost host = await StartAsync(new RecordingStore(), _one);
        await host.TakenAsync(host.Batch());
        await using IngestTestHost copy = await host.CrashAsync(_two);

        Assert.That(copy.NodeIdOf(1), Is.EqualTo(copy.NodeIdOf(0)));
        Assert.That(copy.Log.Text, Does.Contain("was made on another machine"));
    }

    [TestCase("host-a", "host-b")]
    [TestCase("host-a", "0123456789abcdef0123456789abcdef")]
    [TestCase("0123456789abcdef0123456789abcdef", "host-b")]
    public async Task Host_names_tell_no_copy(string before, string after)
    {
        await using IngestTestHost host = await StartAsync(new LogFedRecordingStore(), new Machine(before));
        await host.TakenAsync(host.Batch());
        await using IngestTestHost copy = await host.CrashAsync(new Machine(after));

        Assert.That(copy.NodeIdOf(1), Is.EqualTo(copy.NodeIdOf(0)));
    }

    private static Task<IngestTestHost> StartAsync(RecordingStore store, Machine machine) =>
        IngestTestHost.StartAsync(new FaultyFileSystem(), new FakeTimeProvider(TestTime.Start), store, machine);
}
