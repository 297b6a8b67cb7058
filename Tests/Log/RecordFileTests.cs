using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Tests.Files;

namespace TimeSeries.Tests.Log;

public sealed class RecordFileTests
{
    private const string Name = "/data/ids/keys";
    private const ulong NodeId = 42;

    private static uint Magic => FileHeader.MagicOf("TEST"u8);

    [Test]
    public void Records_come_back_in_order()
    {
        FaultyFileSystem disk = new();
        Write(disk, "a", "b", "c");
        Assert.That(Read(disk), Is.EqualTo(new[] { "a", "b", "c" }));
    }

    [Test]
    public void Flushed_records_survive_a_power_cut()
    {
        FaultyFileSystem disk = new();
        Write(disk, "a", "b");
        Assert.That(Read(disk.PowerCut(_ => 0)), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_torn_tail_is_cut_and_records_are_appended_in_its_place([Range(0, 16)] int keptBytes)
    {
        FaultyFileSystem disk = new();
        Write(disk, "a");
        using (RecordFile file = Open(disk, _ => { }))
        {
            file.Append("torn"u8);
        }

        FaultyFileSystem left = disk.PowerCut(change => Math.Min(keptBytes, change.Length));
        Write(left, "b");
        Assert.That(Read(left), Is.EqualTo(keptBytes < 16 ? new[] { "a", "b" } : ["a", "torn", "b"]));
    }

    [Test]
    public void Damage_in_the_middle_is_counted_and_the_rest_is_read()
    {
        FaultyFileSystem disk = new();
        Write(disk, "aaaa", "bbbb", "cccc");
        disk.Corrupt(Name, FileHeader.Size + 16 + 12, (byte)'X');
        using RecordFile file = Open(disk, _ => { });
        Assert.Multiple(() =>
        {
            Assert.That(file.DamagedBytes, Is.EqualTo(16));
            Assert.That(Read(disk), Is.EqualTo(new[] { "aaaa", "cccc" }));
        });
    }

    [Test]
    public void A_file_that_was_never_finished_is_made_again([Values(0, 5, 31)] int bytes)
    {
        FaultyFileSystem disk = new();
        using (IFile torn = disk.Create(Name))
        {
            torn.Write(new byte[bytes], 0);
        }

        Write(disk, "a");
        Assert.That(Read(disk), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void After_a_failed_flush_nothing_more_is_appended()
    {
        FaultyFileSystem disk = new();
        using RecordFile file = Open(disk, _ => { });
        file.Append("a"u8);
        disk.Fail(FileOperation.Flush);
        Assert.Multiple(() =>
        {
            Assert.That(file.Flush, Throws.InstanceOf<IOException>());
            Assert.That(() => file.Append("b"u8), Throws.InstanceOf<IOException>().With.Message.StartsWith(Name));
        });
    }

    [Test]
    public void Another_version_is_refused_by_name()
    {
        FaultyFileSystem disk = new();
        Write(disk, "a");
        Assert.That(
            () => RecordFile.Open(disk, Name, Magic, 2, NodeId, _ => { }),
            Throws.TypeOf<UnknownFormatException>().With.Message.EqualTo($"{Name}: has format version 1; this program reads version 2."));
    }

    [Test]
    public void What_the_disk_can_not_read_is_not_cut_off()
    {
        FaultyFileSystem disk = new();
        Write(disk, "a");
        disk.BreakSectors(Name, FileHeader.Size + 1, 1);
        Assert.That(() => Open(disk, _ => { }), Throws.InstanceOf<IOException>());
        disk.Heal();
        Assert.That(Read(disk), Is.EqualTo(new[] { "a" }));
    }

    private static RecordFile Open(FaultyFileSystem disk, Action<ReadOnlyMemory<byte>> read) => RecordFile.Open(disk, Name, Magic, 1, NodeId, read);

    private static void Write(FaultyFileSystem disk, params string[] texts)
    {
        using RecordFile file = Open(disk, _ => { });
        foreach (string text in texts)
        {
            file.Append(Encoding.UTF8.GetBytes(text));
        }

        file.Flush();
    }

    private static List<string> Read(FaultyFileSystem disk)
    {
        List<string> texts = [];
        Open(disk, record => texts.Add(Encoding.UTF8.GetString(record.Span))).Dispose();
        return texts;
    }
}
