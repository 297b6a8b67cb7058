using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Recovery;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Golden;

/// <summary>
/// A directory that a later version wrote: one file of each kind has the next version, and is whole. Start, <c>verify</c> and <c>repair</c> refuse it by name,
/// and no file is taken for a damaged one.
/// </summary>
internal sealed class NewerDirectoryTests
{
    private const uint Later = 9;

    private TemporaryFolder _folder = null!;
    private string _directory = null!;

    [SetUp]
    public void Unpack()
    {
        _folder = new TemporaryFolder();
        _directory = GoldenDirectory.Unpack(_folder);
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [TestCase("node")]
    [TestCase("manifest")]
    [TestCase("log")]
    [TestCase("log.end")]
    [TestCase("log.lost")]
    [TestCase("ids")]
    [TestCase("instance")]
    [TestCase("blocks")]
    [TestCase("a record's type")]
    [TestCase("a record's batch")]
    public async Task Start_verify_and_repair_refuse_it_by_name_and_change_nothing(string what)
    {
        string file = what switch
        {
            "log" => ChangeHeader(Directory.GetFiles(Path.Combine(_directory, what), "*.log").Max()!),
            "ids" => ChangeHeader(Directory.GetFiles(Path.Combine(_directory, what)).Max()!),
            "node" => ChangeHeader(Path.Combine(_directory, what)),
            "log.end" => WriteLogNote(what, DurableEnd.ToBytes(NodeId(), new NotedEnd(0, 0))),
            "log.lost" => WriteLogNote(what, LostStretches.ToBytes(NodeId(), [])),
            "instance" => WriteInstance(),
            "manifest" => ChangeManifest(),
            "blocks" => ChangeNewestBlock(),
            "a record's type" => AppendRecord(type: 9, batchVersion: 1),
            _ => AppendRecord(type: 1, batchVersion: 2),
        };
        Dictionary<string, string> before = Hashes();
        if (what.StartsWith("a record", StringComparison.Ordinal))
        {
            // Where the log ends is noted when it is closed again.
            before.Remove(Path.Combine(_directory, "log.end"));
        }

        Exception start = (await Assert.CatchAsync(() => RunningServer.StartAsync(_directory)))!;
        Exception verify = (await Assert.CatchAsync(() => RepairAsync(new OverlayFileSystem(new DiskFileSystem()))))!;
        Dictionary<string, string> after = Hashes();
        Exception repair = (await Assert.CatchAsync(() => RepairAsync(new DiskFileSystem())))!;
        Assert.Multiple(() =>
        {
            Assert.That(start, Is.InstanceOf<StartRefusedException>().Or.InstanceOf<UnknownFormatException>());
            Assert.That(verify, Is.InstanceOf<UnknownFormatException>());
            Assert.That(repair, Is.InstanceOf<UnknownFormatException>());
            Assert.That(new[] { start, verify, repair }.Select(refusal => refusal.Message), Has.All.Contains(file).And.All.Contains("version"));
            Assert.That(after, Is.SupersetOf(before));
            Assert.That(Hashes(), Is.SupersetOf(before));
            Assert.That(Directory.Exists(Path.Combine(_directory, "quarantine")), Is.False);
        });
    }

    // A version in a damaged header is no later version: the footer, which has a checksum, tells it.
    [Test]
    public async Task A_flipped_bit_in_the_version_of_a_block_is_damage_and_stops_no_start()
    {
        string block = NewestBlock();
        byte[] bytes = await File.ReadAllBytesAsync(block);
        bytes[8] ^= 0x40;
        await File.WriteAllBytesAsync(block, bytes);
        await using (await GoldenDirectory.StartAsync(_directory, new FakeTimeProvider(GoldenDirectory.Now)))
        {
        }

        RepairReport report = await RepairAsync(new OverlayFileSystem(new DiskFileSystem()));
        Assert.That(report.Found.Select(damage => damage.Path), Is.EqualTo(new[] { block }));
    }

    private async Task<RepairReport> RepairAsync(IFileSystem files)
    {
        using DirectoryRepair repair = new(files, _directory, new Machine("golden"), new FakeTimeProvider(GoldenDirectory.Now))
        {
            WalBytes = 1 << 20,
            IdWindow = TimeSpan.FromHours(1),
        };
        return await repair.RunAsync(CancellationToken.None);
    }

    private static string ChangeHeader(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        Assert.That(FileHeader.TryRead(bytes, out FileHeader header), Is.True);
        (header with { Version = Later }).Write(bytes);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string WriteLogNote(string name, byte[] bytes)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllBytes(path, bytes);
        return ChangeHeader(path);
    }

    private string WriteInstance()
    {
        InstanceFile.Write(new DiskFileSystem(), _directory, NodeId(), 1, 2);
        return ChangeHeader(Path.Combine(_directory, "instance"));
    }

    private string ChangeManifest()
    {
        string path = Path.Combine(_directory, "manifest");
        byte[] bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Later);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(^4..), Crc32C.Of(bytes.AsSpan(..^4)));
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string ChangeNewestBlock()
    {
        string path = NewestBlock();
        byte[] bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Later);
        Extent extent = BlockFormat.ReadTrailer(bytes.AsSpan(^BlockFormat.TrailerBytes..));
        Span<byte> footer = bytes.AsSpan((int)extent.Offset, extent.Length);
        footer[1] = (byte)Later;
        BinaryPrimitives.WriteUInt32LittleEndian(footer[^4..], Crc32C.Of(footer[..^4]));
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string AppendRecord(byte type, byte batchVersion)
    {
        byte[] record = new byte[RecordHeader.MaxSize + 2];
        int length = new RecordHeader(RecordType.Batch, 1, TestProjects.First, 1_000_000, new Timestamp(1)).Write(record);
        record[0] = type;
        record[length] = batchVersion;
        record[length + 1] = byte.MaxValue;
        using CoreInstruments instruments = new();
        using WriteAheadLog log = WriteAheadLog.Open(
            new DiskFileSystem(), Path.Combine(_directory, "log"), NodeId(), new WriteAheadLogOptions(), LogPosition.Start, instruments);
        LogPosition[] ends = new LogPosition[1];
        Assert.That(log.Append([LogEntry.Of(record.AsMemory(0, length + 2))], ends), Is.EqualTo(LogOutcome.Appended));
        return Directory.GetFiles(Path.Combine(_directory, "log"), "*.log").Max()!;
    }

    private string NewestBlock() => Directory.GetFiles(Path.Combine(_directory, "blocks")).MaxBy(path => path[^22..])!;

    private ulong NodeId() => FileHeader.TryRead(File.ReadAllBytes(Path.Combine(_directory, "node")), out FileHeader header) ? header.NodeId : 0;

    // The lock has nothing in it that counts, and of a segment that is opened the room behind its end may be given back.
    private Dictionary<string, string> Hashes() => Directory.GetFiles(_directory, "*", SearchOption.AllDirectories)
        .Where(path => !path.EndsWith("/lock", StringComparison.Ordinal) && !path.EndsWith(".spare", StringComparison.Ordinal))
        .ToDictionary(path => path, path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));
}
