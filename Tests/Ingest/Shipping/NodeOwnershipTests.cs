using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Shipping;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest.Shipping;

/// <summary>Of all copies of a data directory one process writes as its node. The others go on as new nodes before their first sample is sent.</summary>
public sealed class NodeOwnershipTests
{
    private const string Folder = "/node";

    private readonly List<IDisposable> _left = [];
    private LogFedRecordingStore _store = null!;
    private FakeTimeProvider _clock = null!;
    private CollectedLog _log = null!;

    [SetUp]
    public void Start() => (_store, _clock, _log) = (new LogFedRecordingStore(), new FakeTimeProvider(TestTime.Start), new CollectedLog());

    [TearDown]
    public void Stop()
    {
        _left.ForEach(each => each.Dispose());
        _left.Clear();
        _log.Dispose();
    }

    [Test]
    public async Task A_new_directory_has_its_node_at_once()
    {
        Process process = Open(new FaultyFileSystem(), 0);
        await process.TickAsync();
        Assert.That((process.IsOwned, process.Words), Is.EqualTo((true, 1)));
    }

    [Test]
    public async Task After_a_stop_in_good_order_it_is_the_same_node_once_nobody_objects()
    {
        FaultyFileSystem files = new();
        Process process = await RunAsync(files, 0);
        await process.TickAsync(isOpen: false);
        Process next = Open(files, 100);
        await next.TickAsync();
        Assert.That((next.IsOwned, next.Words), Is.EqualTo((false, 1)));
        await NextSecondAsync(next);
        Assert.That((next.IsOwned, next.NodeOf(100)), Is.EqualTo((true, process.NodeOf(0))));
    }

    [Test]
    public async Task After_a_crash_it_is_the_same_node_once_the_old_process_is_silent()
    {
        FaultyFileSystem files = new();
        Process process = await RunAsync(files, 0);
        Process next = Open(files, 100);
        for (int second = 0; second < 3; second++)
        {
            await next.TickAsync();
            Assert.That((next.IsOwned, next.Words), Is.EqualTo((false, 0)), $"in second {second}");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await next.TickAsync();
        Assert.That((next.IsOwned, next.Words), Is.EqualTo((false, 1)));
        await NextSecondAsync(next);
        Assert.That((next.IsOwned, next.NodeOf(100)), Is.EqualTo((true, process.NodeOf(0))));
    }

    [Test]
    public async Task A_copy_beside_its_original_is_a_new_node_and_the_original_stays()
    {
        FaultyFileSystem files = new();
        Process original = await RunAsync(files, 0);
        ulong node = original.NodeOf(0);
        Process copy = Open(CopyOf(files), 100);
        await copy.TickAsync();
        Assert.That(copy.IsOwned, Is.False);
        await NextSecondAsync(original, copy);
        Assert.That((copy.IsOwned, copy.NodeOf(99), copy.NodeOf(100) == node), Is.EqualTo((true, node, false)));
        await NextSecondAsync(original, copy);
        Assert.That(original.NodeOf(long.MaxValue), Is.EqualTo(node));
        Assert.That(_log.Text, Does.Contain($"Another process writes samples as node {node:x16}").And.Contain($"{copy.NodeOf(100):x16}"));
    }

    [Test]
    public async Task A_copy_whose_original_was_started_again_meanwhile_is_a_new_node_at_once()
    {
        FaultyFileSystem files = new();
        Process original = await RunAsync(files, 0);
        await original.TickAsync(isOpen: false);
        FaultyFileSystem copied = CopyOf(files);
        Process again = await RunAsync(files, 100);
        await again.TickAsync(isOpen: false);
        Process copy = Open(copied, 100);
        await copy.TickAsync();
        Assert.That((copy.IsOwned, copy.NodeOf(100) == original.NodeOf(0)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task An_older_copy_of_its_own_is_a_new_node_at_once()
    {
        FaultyFileSystem files = new();
        Process process = await RunAsync(files, 0);
        FaultyFileSystem older = CopyOf(files);
        process.Pass(0, 500);
        await process.TickAsync(isOpen: false);
        Process restored = Open(older, 300);
        await restored.TickAsync();
        Assert.That((restored.IsOwned, restored.NodeOf(299), restored.NodeOf(300) == process.NodeOf(0)), Is.EqualTo((true, process.NodeOf(0), false)));
    }

    [Test]
    public async Task Of_two_copies_that_are_started_together_one_is_a_new_node_before_either_sends()
    {
        FaultyFileSystem files = new();
        Process before = await RunAsync(files, 0);
        await before.TickAsync(isOpen: false);
        Process one = Open(files, 100);
        Process two = Open(CopyOf(files), 100);
        NodeStatus? first = await one.LookAsync();
        NodeStatus? second = await two.LookAsync();
        await _store.HeartbeatAsync(one.NodeOf(100), first!.Value, CancellationToken.None);
        await _store.HeartbeatAsync(two.NodeOf(100), second!.Value, CancellationToken.None);
        Assert.That((one.IsOwned, two.IsOwned), Is.EqualTo((false, false)));
        await NextSecondAsync(one, two);
        Assert.That((one.IsOwned, two.IsOwned, two.NodeOf(100), one.NodeOf(100) == two.NodeOf(100)), Is.EqualTo((true, true, before.NodeOf(0), false)));
    }

    [Test]
    public async Task A_process_whose_node_another_one_takes_goes_on_as_a_new_node_behind_what_it_sent()
    {
        FaultyFileSystem files = new();
        Process process = await RunAsync(files, 70);
        NodeStatus last = _store.Heartbeats[process.NodeOf(0)];

        // A machine that was cloned while it ran says the same, only later.
        _store.Heartbeats[process.NodeOf(0)] = last with { At = last.At + 5_000 };
        await process.TickAsync();
        Assert.That(process.NodeOf(70), Is.Not.EqualTo(process.NodeOf(69)));
        ulong node = process.NodeOf(70);
        await NextSecondAsync(process, process);
        Assert.That((process.NodeOf(long.MaxValue), process.IsOwned), Is.EqualTo((node, true)));
    }

    [Test]
    public async Task Nothing_is_sent_before_the_store_has_said_who_has_the_node()
    {
        Process process = Open(new FaultyFileSystem(), 0);
        _store.Away = new AwayException(isLasting: false);
        await process.TickAsync();
        await process.TickAsync();
        Assert.That((process.IsOwned, process.Words, process.Text), Is.EqualTo((false, 0,
            "The store does not say who writes as this node. Samples wait in the WAL.")));
        Assert.That(_log.Text.Split("can't be read").Length - 1, Is.EqualTo(1));
        _store.Away = null;
        await process.TickAsync();
        Assert.That((process.IsOwned, process.Text), Is.EqualTo((true, (string?)null)));
    }

    [Test]
    public async Task An_account_that_may_not_read_is_a_warning()
    {
        Process process = Open(new FaultyFileSystem(), 0);
        _store.Away = new AwayException(isLasting: true);
        await process.TickAsync();
        Assert.That((process.IsOwned, process.Words), Is.EqualTo((true, 1)));
        Assert.That(_log.Text, Does.Contain("Warning: Copies of this directory can't be noticed"));
    }

    [Test]
    public async Task The_heartbeat_of_an_earlier_version_is_the_directorys_own([Values] bool isOpen)
    {
        Process process = Open(new FaultyFileSystem(), 100);
        _store.Heartbeats[process.NodeOf(0)] = new NodeStatus(5, isOpen, 0, 0, 0);
        await process.TickAsync();
        await NextSecondAsync(process);
        Assert.That((process.IsOwned, process.NodeOf(100)), Is.EqualTo((true, process.NodeOf(0))));
    }

    private static FaultyFileSystem CopyOf(FaultyFileSystem files)
    {
        FaultyFileSystem copy = new();
        foreach (string path in files.List(Folder))
        {
            using IFile file = copy.Create(path);
            file.Write(files.Bytes(path), 0);
            file.Flush();
        }

        copy.FlushDirectory(Folder);
        return copy;
    }

    private Process Open(FaultyFileSystem files, long nextNumber)
    {
        Process process = new(files, nextNumber, _store, _clock, _log);
        _left.Add(process);
        return process;
    }

    // Runs until it has its node.
    private async Task<Process> RunAsync(FaultyFileSystem files, long nextNumber)
    {
        Process process = Open(files, nextNumber);
        await process.TickAsync();
        await NextSecondAsync(process);
        Assert.That(process.IsOwned, Is.True);
        return process;
    }

    private async Task NextSecondAsync(params Process[] processes)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        foreach (Process process in processes)
        {
            await process.TickAsync();
        }
    }

    // A process on a directory, as far as its node goes. Its lock is left at once, as by a process that is gone.
    private sealed class Process : IDisposable
    {
        private readonly CoreInstruments _instruments = new();
        private readonly WriteAheadLog _wal;
        private readonly DataDirectory _directory;
        private readonly LogFedRecordingStore _store;
        private readonly ShippingGate _gate = new();
        private readonly NodeOwnership _ownership;

        public Process(FaultyFileSystem files, long nextNumber, LogFedRecordingStore store, TimeProvider clock, CollectedLog log)
        {
            _store = store;
            _directory = DataDirectory.Open(files, Folder, "machine");
            _directory.Dispose();
            _wal = WriteAheadLog.Open(new FaultyFileSystem(), "/log", 1, new WriteAheadLogOptions(), LogPosition.Start, _instruments);
            SequencedLog numbers = new(_wal, new RollupUnitClock(isWanted: false, clock, 1), new LogSignal(), nextNumber);
            using LoggerFactory factory = new([log]);
            _ownership = new NodeOwnership(new StoreRoute(store, store), _directory, numbers, _gate, clock, factory.CreateLogger<NodeOwnership>());
            _ownership.Begin();
        }

        public bool IsOwned => _gate.Opened.IsCompleted;

        public string? Text => _ownership.Text;

        /// <summary>How many heartbeats it wrote.</summary>
        public int Words { get; private set; }

        public ulong NodeOf(long number) => _directory.NodeIdOf(number);

        public void Pass(long firstNumber, int count) => _gate.Pass(new RecordHeader(RecordType.Batch, count, 1, firstNumber, new Timestamp(1)));

        public Task<NodeStatus?> LookAsync(bool isOpen = true) => _ownership.LookAsync(1, isOpen, CancellationToken.None);

        /// <summary>What its heartbeat does every second.</summary>
        public async Task TickAsync(bool isOpen = true)
        {
            if (await LookAsync(isOpen) is { } status)
            {
                Words++;
                await _store.HeartbeatAsync(NodeOf(long.MaxValue), status, CancellationToken.None);
            }
        }

        public void Dispose()
        {
            _wal.Dispose();
            _instruments.Dispose();
        }
    }

    internal sealed class AwayException(bool isLasting) : StoreUnavailableException("Away", "It is away.", null)
    {
        public override bool IsLasting => isLasting;
    }
}
