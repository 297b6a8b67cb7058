using System.Formats.Tar;
using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Ingest.Backup;
using TimeSeries.Server.Backup;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Server.Backup;

/// <summary>A backup's stream on its way to a disk: cut, changed, and the power gone at any call.</summary>
internal sealed class BackupReceiverTests
{
    private const string Target = "/backup/new";

    private static readonly (string Name, byte[] Content)[] _files =
    [
        ("node", Encoding.UTF8.GetBytes("who it is")), ("log/00000000000000000000.log", new byte[700]), ("rules/1/rules/slow.json", "{}"u8.ToArray()),
        ("blocks/sql-0000000000000001.block", [.. Enumerable.Range(0, 3_000).Select(i => (byte)(i * 7))]), ("ids/0000000000000000", []),
    ];

    [Test]
    public async Task All_files_arrive_as_they_were_and_the_mark_is_gone()
    {
        FaultyFileSystem disk = new();
        await ReceiveAsync(disk, await MakeAsync(_files));
        FaultyFileSystem later = disk.PowerCut(_ => 0);
        AssertWhole(later);
        Assert.That(later.Exists(IncompleteBackup.PathIn(Target)), Is.False);
    }

    [Test]
    public async Task After_a_power_cut_at_any_call_the_directory_is_whole_or_refused()
    {
        byte[] stream = await MakeAsync(_files);
        FaultyFileSystem whole = new();
        await ReceiveAsync(whole, stream);
        int calls = whole.Calls.Count;
        int refused = 0;
        for (int cut = 0; cut < calls; cut++)
        {
            FaultyFileSystem disk = new();
            int left = cut;
            disk.Observer = _ => left = left-- > 0 ? left : throw new IOException("The power goes.");
            Assert.That(async () => await ReceiveAsync(disk, stream), Throws.InstanceOf<IOException>());
            disk.Observer = null;
            FaultyFileSystem later = disk.PowerCut(new Random(cut));
            if (later.Exists(IncompleteBackup.PathIn(Target)))
            {
                Assert.That(() => DataDirectory.Open(later, Target, "machine"), Throws.TypeOf<IncompleteBackupException>());
                refused++;
            }
            else if (later.List(Target).Count > 0 || later.Folders(Target).Count > 0)
            {
                // Else nothing was written yet but the mark that did not get there.
                if (later.List(Target).Any(path => !path.EndsWith(".new", StringComparison.Ordinal)))
                {
                    AssertWhole(later);
                }
            }
        }

        Assert.That(refused, Is.GreaterThan(_files.Length));
    }

    [Test]
    public async Task A_stream_that_is_cut_anywhere_is_refused()
    {
        byte[] stream = await MakeAsync(_files);
        byte[] list = "\"files\":"u8.ToArray();
        int end = stream.AsSpan().LastIndexOf(list) + list.Length;
        for (int length = 0; length < end; length += 97)
        {
            FaultyFileSystem disk = new();
            Assert.That(
                async () => await ReceiveAsync(disk, stream[..length]), Throws.InstanceOf<IOException>().Or.InstanceOf<InvalidDataException>(), $"{length}");
            Assert.That(() => DataDirectory.Open(disk, Target, "machine"), Throws.TypeOf<IncompleteBackupException>(), $"{length}");
        }
    }

    [Test]
    public async Task A_changed_byte_is_refused_or_is_in_no_file()
    {
        byte[] stream = await MakeAsync(_files);
        int refused = 0;
        for (int at = 0; at < stream.Length; at += 13)
        {
            byte[] changed = [.. stream];
            changed[at] ^= 0x10;
            FaultyFileSystem disk = new();
            try
            {
                await ReceiveAsync(disk, changed);
                AssertWhole(disk);
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException)
            {
                Assert.That(disk.Exists(IncompleteBackup.PathIn(Target)), Is.True);
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(_files.Sum(file => file.Content.Length) / 13));
    }

    [TestCase("../outside")]
    [TestCase("/outside")]
    [TestCase("blocks/../../outside")]
    [TestCase("blocks//one")]
    [TestCase("blocks\\one")]
    public async Task A_name_that_leaves_the_directory_is_refused(string name)
    {
        FaultyFileSystem disk = new();
        byte[] stream = await MakeAsync([(name, [1])]);
        Assert.That(async () => await ReceiveAsync(disk, stream), Throws.TypeOf<InvalidDataException>());
        Assert.That(disk.List(Target), Is.EqualTo(new[] { IncompleteBackup.PathIn(Target) }));
    }

    [Test]
    public async Task A_link_is_refused()
    {
        MemoryStream stream = new();
        await using (TarWriter tar = new(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "node") { LinkName = "/etc/passwd" });
        }

        Assert.That(async () => await ReceiveAsync(new FaultyFileSystem(), stream.ToArray()), Throws.TypeOf<InvalidDataException>());
    }

    private static void AssertWhole(FaultyFileSystem disk)
    {
        foreach ((string name, byte[] content) in _files)
        {
            Assert.That(disk.Bytes($"{Target}/{name}"), Is.EqualTo(content), name);
        }
    }

    private static async Task ReceiveAsync(FaultyFileSystem disk, byte[] stream)
    {
        using MemoryStream from = new(stream);
        await new BackupReceiver(disk, Target).ReceiveAsync(from, CancellationToken.None);
    }

    private static async Task<byte[]> MakeAsync((string Name, byte[] Content)[] files)
    {
        MemoryStream stream = new();
        BackupTar tar = new(stream, DateTimeOffset.UnixEpoch);
        await using (tar)
        {
            foreach ((string name, byte[] content) in files)
            {
                await tar.AddAsync(name, content, CancellationToken.None);
            }

            await tar.EndAsync("test", 1, CancellationToken.None);
        }

        return stream.ToArray();
    }
}
