using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Recovery;
using TimeSeries.Tests.Golden;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ingest.Recovery;

/// <summary>
/// Verify and repair of a directory with every kind of file, each with flipped bits. What is lost is what both say: the samples that are left are counted.
/// </summary>
public sealed class DirectoryRepairTests
{
    private const string Root = "/data";
    private const long WalBytes = 1 << 20;

    private static readonly Machine _machine = new("golden");

    // The files of the whole directory by name, and how many samples of each kind it has.
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private long[] _counts = [];

    [OneTimeSetUp]
    public async Task MakeDirectoryAsync()
    {
        using TemporaryFolder folder = new();
        await GoldenDirectory.WriteAsync(folder);
        foreach (string path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock"))
        {
            _files[Path.Combine(Root, Path.GetRelativePath(folder, path))] = await File.ReadAllBytesAsync(path);
        }

        Assert.That(FileHeader.TryRead(_files[Path.Combine(Root, "node")], out FileHeader node), Is.True);
        _files[Path.Combine(Root, "log.lost")] = LostStretches.ToBytes(node.NodeId, []);
        _counts = await CountAsync(Disk());
        Assert.That(_counts, Is.All.Positive);
    }

    [Test]
    public async Task A_whole_directory_has_no_damage_and_stays_as_it_is()
    {
        MemoryFileSystem disk = Disk();
        RepairReport report = await RunAsync(disk);
        Assert.Multiple(() =>
        {
            Assert.That(report.Found, Is.Empty);
            Assert.That(report.LostSamples, Is.Zero);
            Assert.That(_files.Where(file => !disk.Exists(file.Key) || !BytesOf(disk, file.Key).SequenceEqual(file.Value)).Select(file => file.Key), Is.Empty);
        });
    }

    [TestCase("manifest", true)]
    [TestCase("node", true)]
    [TestCase("log.end", true)]
    [TestCase("log.lost", true)]
    [TestCase("token", false)]
    [TestCase("log/", true)]
    [TestCase("ids/", true)]
    [TestCase("blocks/transaction-", true)]
    [TestCase("blocks/sql-", true)]
    [TestCase("blocks/httpc-", true)]
    [TestCase("blocks/exception-", true)]
    [TestCase("blocks/thread-", true)]
    [TestCase("blocks/alert-", true)]
    [TestCase("blocks/event-", true)]
    public async Task What_is_lost_by_a_flipped_bit_is_what_verify_and_repair_say(string name, bool isChecked)
    {
        int found = 0;
        foreach (string path in _files.Keys.Where(path => path.StartsWith(Path.Combine(Root, name), StringComparison.Ordinal)))
        {
            foreach (int offset in Offsets(_files[path]))
            {
                string what = $"{path} at {offset}";
                MemoryFileSystem disk = Disk();
                Write(disk, path, Flipped(_files[path], offset));
                RepairReport verified = await RunAsync(new OverlayFileSystem(disk));
                Assert.That(BytesOf(disk, path), Is.EqualTo(Flipped(_files[path], offset)), what);

                RepairReport repaired = await RunAsync(disk);
                Assert.That(repaired.LostSamples, Is.EqualTo(verified.LostSamples), what);
                Assert.That(verified.Found.Select(damage => damage.Path).Distinct(), Is.SubsetOf(new[] { path }), what);
                Assert.That((await CountAsync(disk)).Sum(), Is.EqualTo(_counts.Sum() - repaired.LostSamples), what);
                Assert.That((await RunAsync(disk)).Found, Is.Empty, $"{what}, repaired");
                found += verified.Found.Count > 0 ? 1 : 0;
            }
        }

        Assert.That(found, isChecked ? Is.GreaterThan(3) : Is.Zero);
    }

    [Test]
    public async Task Without_its_manifest_a_directory_is_made_whole_from_blocks_and_log()
    {
        MemoryFileSystem disk = Disk();
        disk.Delete(Path.Combine(Root, "manifest"));
        RepairReport report = await RunAsync(disk);
        Assert.That(report.LostSamples, Is.Zero);
        Assert.That(await CountAsync(disk), Is.EqualTo(_counts));
    }

    [Test]
    public async Task Without_its_manifest_what_is_lost_with_a_damaged_block_is_told()
    {
        foreach (string path in _files.Keys.Where(path => path.EndsWith(".block", StringComparison.Ordinal)))
        {
            MemoryFileSystem disk = Disk();
            disk.Delete(Path.Combine(Root, "manifest"));
            Write(disk, path, Flipped(_files[path], BlockFormat.HeaderBytes + 3));
            RepairReport report = await RunAsync(disk);
            Assert.That(report.LostSamples, Is.Positive, path);
            Assert.That((await CountAsync(disk)).Sum(), Is.EqualTo(_counts.Sum() - report.LostSamples), path);
        }
    }

    [TestCase(GoldenDirectory.First)]
    [TestCase(GoldenDirectory.Second)]
    [TestCase(GoldenDirectory.Third)]
    [TestCase(GoldenDirectory.Newest)]
    public async Task A_directory_of_an_earlier_version_has_no_damage(string archive)
    {
        using TemporaryFolder folder = new();
        string directory = GoldenDirectory.Unpack(folder, archive);
        using DirectoryRepair verification = new(
            new OverlayFileSystem(new DiskFileSystem()), directory, _machine, new FakeTimeProvider(GoldenDirectory.Now))
        {
            WalBytes = WalBytes,
            IdWindow = TimeSpan.FromHours(1),
        };
        RepairReport report = await verification.RunAsync(CancellationToken.None);
        Assert.That((report.LostSamples, report.Found.Count), Is.EqualTo((0, 0)), string.Join('\n', report.Found));
    }

    [Test]
    public async Task A_block_that_is_missing_is_told_with_its_samples([Values] bool comesBack)
    {
        string path = _files.Keys.Where(path => path.Contains("/sql-", StringComparison.Ordinal)).MaxBy(path => _files[path].Length)!;
        MemoryFileSystem disk = Disk();
        disk.Delete(path);
        RepairReport report = await RunAsync(disk);
        Assert.That(report.LostSamples, Is.Positive);
        Assert.That((await CountAsync(disk)).Sum(), Is.EqualTo(_counts.Sum() - report.LostSamples));
        if (comesBack)
        {
            Write(disk, Path.Combine(Root, "quarantine", Path.GetFileName(path)), _files[path]);
            RepairReport second = await RunAsync(disk);
            Assert.That(second.LostSamples, Is.Zero);
            Assert.That(await CountAsync(disk), Is.EqualTo(_counts));
        }
    }

    [Test]
    public async Task A_log_with_more_than_fits_into_memory_is_sealed_meanwhile()
    {
        MemoryFileSystem disk = Disk();
        Assert.That((await RunAsync(disk, headRows: 20)).Found, Is.Empty);
        Assert.That(await CountAsync(disk), Is.EqualTo(_counts));
    }

    [Test]
    public async Task An_older_manifest_and_a_log_that_is_gone_lose_nothing_of_what_is_in_blocks([Values] bool hasStarted)
    {
        MemoryFileSystem disk = Disk();
        byte[] older = BytesOf(disk, Path.Combine(Root, "manifest"));
        string[] before = [.. disk.List(Path.Combine(Root, "blocks"))];
        await SealAsync(disk);
        string[] newer = [.. disk.List(Path.Combine(Root, "blocks")).Except(before)];
        Assert.That(newer, Is.Not.Empty);
        Write(disk, Path.Combine(Root, "manifest"), older);
        foreach (string segment in disk.List(Path.Combine(Root, "log")))
        {
            disk.Delete(segment);
        }

        foreach (string path in hasStarted ? newer : [])
        {
            disk.Move(path, Path.Combine(Root, "quarantine", Path.GetFileName(path)));
        }

        RepairReport report = await RunAsync(disk);
        Assert.That(report.LostSamples, Is.Zero, string.Join('\n', report.Found));
        Assert.That(await CountAsync(disk), Is.EqualTo(_counts));
    }

    // Headers, the first records and parts, some between, and the last bytes.
    private static IEnumerable<int> Offsets(byte[] bytes) => new[] { 1, 9, 17, FileHeader.Size + 2, FileHeader.Size + 14, FileHeader.Size + 60 }
        .Concat(Enumerable.Range(1, 7).Select(i => bytes.Length * i / 8))
        .Concat([bytes.Length - BlockFormat.TrailerBytes - 6, bytes.Length - 22, bytes.Length - 15, bytes.Length - 3])
        .Where(offset => offset >= 0 && offset < bytes.Length).Distinct();

    private static byte[] Flipped(byte[] bytes, int offset)
    {
        byte[] flipped = [.. bytes];
        flipped[offset] ^= 0x04;
        return flipped;
    }

    private MemoryFileSystem Disk()
    {
        MemoryFileSystem disk = new();
        foreach ((string path, byte[] bytes) in _files)
        {
            Write(disk, path, bytes);
        }

        return disk;
    }

    private static void Write(MemoryFileSystem disk, string path, byte[] bytes)
    {
        using IFile file = disk.Create(path);
        file.Write(bytes, 0);
    }

    private static byte[] BytesOf(MemoryFileSystem disk, string path)
    {
        using IFile file = disk.Open(path, FileAccess.Read);
        byte[] bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }

    private static async Task<RepairReport> RunAsync(IFileSystem disk, int headRows = 1_000_000)
    {
        using DirectoryRepair repair = new(disk, Root, _machine, new FakeTimeProvider(GoldenDirectory.Now))
        {
            WalBytes = WalBytes,
            IdWindow = TimeSpan.FromHours(1),
            Options = new EmbeddedStoreOptions { HeadRows = headRows },
        };
        return await repair.RunAsync(CancellationToken.None);
    }

    private static async Task SealAsync(MemoryFileSystem disk)
    {
        using CoreInstruments instruments = new();
        using DataDirectory directory = DataDirectory.Open(disk, Root, _machine.Name);
        await using EmbeddedStore store = OpenStore(disk, directory, instruments);
        using WriteAheadLog log = OpenLog(disk, directory, store, instruments);
        await ReplayAsync(log, store);
        await store.SealAsync();
    }

    private static EmbeddedStore OpenStore(MemoryFileSystem disk, DataDirectory directory, CoreInstruments instruments) => EmbeddedStore.Open(
        disk, Root, directory.NodeId, new EmbeddedStoreOptions(), _ => 1_200_000, new FakeTimeProvider(GoldenDirectory.Now), instruments, NullLogger.Instance);

    private static WriteAheadLog OpenLog(MemoryFileSystem disk, DataDirectory directory, EmbeddedStore store, CoreInstruments instruments) =>
        WriteAheadLog.Open(
            disk, directory.LogPath, directory.NodeId, new WriteAheadLogOptions { SegmentBytes = WalBytes / 8 }, store.StoredThrough, instruments);

    private static async Task ReplayAsync(WriteAheadLog log, EmbeddedStore store)
    {
        using LogReplayer replayer = new(log, log.Start, store, new SampleBatchPool());
        while (replayer.TryRead(out RecordHeader header, out LogPosition end))
        {
            if (end > store.StoredThrough && header.RowCount > 0)
            {
                await replayer.WriteAsync(header, end, CancellationToken.None);
            }
        }
    }

    // As a start does it: what is in blocks, and what the log has behind that.
    private static async Task<long[]> CountAsync(MemoryFileSystem disk)
    {
        using CoreInstruments instruments = new();
        using DataDirectory directory = DataDirectory.Open(disk, Root, _machine.Name);
        await using EmbeddedStore store = OpenStore(disk, directory, instruments);
        using WriteAheadLog log = OpenLog(disk, directory, store, instruments);
        await ReplayAsync(log, store);
        List<long> counts = [];
        foreach (KindSchema schema in SampleSchema.All)
        {
            counts.Add(await CountAsync(store, schema.Kind, TestProjects.First) + await CountAsync(store, schema.Kind, TestProjects.Second));
        }

        return [.. counts];
    }

    private static async Task<long> CountAsync(EmbeddedStore store, Kind kind, long pcode)
    {
        SampleQuery query = new() { Pcode = pcode, Kind = kind, Range = TimeRange.All, Measures = [new(MeasureKind.Count)], UseRollups = false, Limit = 1 };
        using QueryResult result = await store.QueryAsync(query, CancellationToken.None);
        return result.RowCount == 0 ? 0 : result.Count(0, 0);
    }
}
