using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Quotas;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Golden;

/// <summary>Small files and headers that a data directory has in special cases: written as they were, and read as what they say.</summary>
internal sealed class StoredFileTests
{
    private const ulong NodeId = 0x0123_4567_89AB_CDEF;
    private const string Folder = "/data";

    private readonly FaultyFileSystem _files = new();

    private InfluxNode Node => new(_files, Folder, NodeId);

    [Test]
    public void A_node_file_with_later_ids()
    {
        NodeFile node = new(NodeId, "golden", [new NodeSpan(1_000, 0xFEDC_BA98_7654_3210), new NodeSpan(2_000, 7)]);
        _files.CreateDirectory(Folder);
        node.Write(_files, Folder);
        GoldenFile.Compare("files/node-2.bin", _files.Bytes(Folder + "/node"));
        NodeFile read = NodeFile.Read(_files, Folder)!;
        Assert.That((read.NodeId, read.Machine, read.Spans.AsEnumerable()), Is.EqualTo((node.NodeId, node.Machine, node.Spans.AsEnumerable())));
    }

    [Test]
    public void A_checkpoint_of_what_InfluxDB_has()
    {
        StoreCheckpoint checkpoint = new(new LogPosition(123_456_789), 42, 1_000_000_007);
        _files.CreateDirectory(Folder);
        checkpoint.Write(Node);
        GoldenFile.Compare("files/influx-checkpoint.bin", _files.Bytes(Folder + "/influx"));
        using CoreInstruments instruments = new();
        Assert.That(StoreCheckpoint.Read(Node, instruments.Damage), Is.EqualTo(checkpoint));
        Assert.That(instruments.Damage.Found, Is.Empty);
    }

    [TestCase(9)]
    [TestCase(40)]
    public void A_damaged_checkpoint_is_none_and_is_told(int offset)
    {
        _files.CreateDirectory(Folder);
        new StoreCheckpoint(new LogPosition(123_456_789), 42, 1_000_000_007).Write(Node);
        _files.Corrupt(Folder + "/influx", offset, 0xAA);
        using CoreInstruments instruments = new();
        Assert.That(StoreCheckpoint.Read(Node, instruments.Damage), Is.EqualTo(StoreCheckpoint.None));
        Assert.That(instruments.Damage.Found.Select(damage => damage.File), Is.EqualTo(new[] { StoredFile.Checkpoint }));
    }

    [Test]
    public void Lines_that_InfluxDB_refused()
    {
        _files.CreateDirectory(Folder);
        DeadLetters letters = new(Node, new FakeTimeProvider(GoldenDirectory.Now), LogPosition.Start);
        using LineBatch lines = new(100);
        foreach (string line in new[] { "transaction,e=0 n=1i 1", "transaction,e=0 n=2i 2", "sql,e=0 n=3i 3" })
        {
            lines.Append(Encoding.UTF8.GetBytes(line));
            lines.TryEndLine(100);
        }

        letters.Add(lines, (0, 2), "400 first line\nsecond line\0");
        letters.Add(lines, (2, 1), "422 \uC11C\uC6B8");
        letters.Leave();
        string file = _files.List(Folder + "/dead-letters").Single();
        Assert.That(Path.GetFileName(file), Is.EqualTo("20240310-130500-000.lp"));
        GoldenFile.Compare("files/dead-letters.lp", _files.Bytes(file));
    }

    [Test]
    public void What_projects_have_of_their_day()
    {
        const long day = 1_710_028_800_000;
        _files.CreateDirectory(Folder);
        Open().Save(1_000_000_007, [(7, day, 123_456), (long.MaxValue, day - 86_400_000, 1)]);
        GoldenFile.Compare("files/quotas.json", _files.Bytes(Folder + "/quotas.json"));
        DayCounts counts = Open();

        // What the WAL has of samples that the file counts counts once; what comes later is added.
        counts.Replay(new RecordHeader(RecordType.Batch, 10, 7, 1_000_000_000, new Timestamp(day + 1)));
        counts.Replay(new RecordHeader(RecordType.Batch, 4, 7, 1_000_000_010, new Timestamp(day + 2)));
        Assert.That((counts.Of(7, day), counts.Of(long.MaxValue, day - 86_400_000), counts.Of(7, day - 86_400_000)), Is.EqualTo((123_460, 1, 0)));

        DayCounts Open() => new(_files, Folder, isWanted: true, NullLogger<DayCounts>.Instance);
    }

    [Test]
    public void Headers_of_log_records()
    {
        IdempotencyKey ofAgent = IdempotencyKey.OfAgent(7, -5, "agent"u8, "id-1"u8);
        RecordHeader[] headers =
        [
            new(RecordType.Batch, 12, 34, 56, new Timestamp(1_710_064_800_000)),
            new(RecordType.Batch, 0, 34, 56, new Timestamp(1), ofAgent, new BatchCounts(1, 2, 3, 4)),
            new(RecordType.Probe, 0, 0, long.MaxValue, new Timestamp(2)), new(RecordType.Mark, 0, 78, 90, new Timestamp(3)),
        ];
        StringBuilder text = new();
        foreach (RecordHeader header in headers)
        {
            byte[] bytes = new byte[RecordHeader.MaxSize];
            int length = header.Write(bytes);
            text.Append(Convert.ToHexStringLower(bytes.AsSpan(0, length))).Append('\n');
        }

        GoldenFile.Compare("files/record-headers.txt", text.ToString());
        IEnumerable<RecordHeader> read = File.ReadLines(GoldenFile.PathOf("files/record-headers.txt"))
            .Select(line => RecordHeader.TryRead(Convert.FromHexString(line), out RecordHeader header, out _) ? header : default);
        Assert.That(read, Is.EqualTo(headers));
    }
}
