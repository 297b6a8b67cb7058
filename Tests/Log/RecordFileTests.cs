using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

public sealed class RecordFileTests
{
    private const string Name = "/data/ids/keys";
    private const ulong NodeId = 42;

    // Of a record of four bytes.
    private const int FrameBytes = 16;

    private static uint Magic => FileHeader.MagicOf("TEST"u8);

    [Test]
    public void Records_come_back_in_order()
    {
        FaultyFileSystem disk = new();
        Write(disk, "a", "b", "c").Dispose();
        Assert.That(Read(disk, out _), Is.EqualTo(new[] { "a", "b", "c" }));
    }

    [Test]
    public void Flushed_records_survive_a_power_cut()
    {
        FaultyFileSystem disk = new();
        Write(disk, "a", "b").Dispose();
        Assert.That(Read(disk.PowerCut(_ => 0), out _), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_torn_tail_is_no_damage([Range(0, 16)] int keptBytes)
    {
        FaultyFileSystem disk = new();
        using (RecordFile file = Write(disk, "a"))
        {
            file.Append("torn"u8);
        }

        FaultyFileSystem left = disk.PowerCut(change => Math.Min(keptBytes, change.Length));
        Assert.Multiple(() =>
        {
            Assert.That(Read(left, out IReadOnlyList<FileStretch> damage), Is.EqualTo(keptBytes < 16 ? new[] { "a" } : ["a", "torn"]));
            Assert.That(damage, Is.Empty);
        });
    }

    [Test]
    public void A_flipped_bit_anywhere_is_told_and_costs_its_own_record_alone()
    {
        string[] texts = ["aaaa", "bbbb", "cccc"];
        int length = FileHeader.Size + texts.Length * FrameBytes;
        for (int bit = 0; bit < 8 * length; bit++)
        {
            // The last four bytes of the header are not used.
            int offset = bit / 8;
            if (offset is >= FileHeader.Size - sizeof(uint) and < FileHeader.Size)
            {
                continue;
            }

            FaultyFileSystem disk = new();
            Write(disk, texts).Dispose();
            disk.Corrupt(Name, offset, (byte)(disk.Bytes(Name)[offset] ^ (1 << bit % 8)));
            int hit = offset < FileHeader.Size ? -1 : (offset - FileHeader.Size) / FrameBytes;
            FileStretch expected = hit < 0 ? new(0, FileHeader.Size) : new(FileHeader.Size + hit * FrameBytes, FrameBytes);
            Assert.That(Read(disk, out IReadOnlyList<FileStretch> damage), Is.EqualTo(texts.Where((_, i) => i != hit)), $"bit {bit}");
            Assert.That(damage, Is.EqualTo(new[] { expected }), $"bit {bit}");
        }
    }

    [Test]
    public void A_file_that_was_never_finished_has_no_records_and_no_damage([Values(0, 5, 31, 32)] int bytes)
    {
        FaultyFileSystem disk = new();
        using (IFile torn = disk.Create(Name))
        {
            torn.Write(new byte[bytes], 0);
        }

        Assert.That(Read(disk, out IReadOnlyList<FileStretch> damage), Is.Empty);
        Assert.That(damage, Is.Empty);
    }

    [Test]
    public void After_a_failed_flush_nothing_more_is_appended()
    {
        FaultyFileSystem disk = new();
        using RecordFile file = Write(disk);
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
        Write(disk, "a").Dispose();
        Assert.That(
            () => RecordFile.Read(disk, Name, Magic, 2, NodeId, _ => { }),
            Throws.TypeOf<UnknownFormatException>().With.Message.EqualTo($"{Name}: has format version 1; this program reads version 2."));
    }

    [Test]
    public void What_the_disk_can_not_read_is_told_and_stays()
    {
        FaultyFileSystem disk = new();
        Write(disk, "a").Dispose();
        disk.BreakSectors(Name, FileHeader.Size + 1, 1);
        Read(disk, out IReadOnlyList<FileStretch> damage);
        Assert.That(damage, Is.Not.Empty);
        disk.Heal();
        Assert.That(Read(disk, out damage), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void A_header_that_the_disk_can_not_read_costs_no_record()
    {
        FaultyFileSystem disk = new();
        Write(disk, "a", "b").Dispose();
        disk.BreakSectors(Name, 0, 1);
        Assert.That(Read(disk, out IReadOnlyList<FileStretch> damage), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(damage, Is.EqualTo(new[] { new FileStretch(0, FileHeader.Size) }));
    }

    [TestCase(FileOperation.Write)]
    [TestCase(FileOperation.Flush)]
    [TestCase(FileOperation.FlushDirectory)]
    public void A_file_that_can_not_be_made_is_told(FileOperation failing)
    {
        FaultyFileSystem disk = new();
        disk.Fail(failing);
        Assert.That(() => RecordFile.Create(disk, Name, Magic, 1, NodeId), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void After_a_failed_write_nothing_more_is_appended_and_what_was_flushed_is_read()
    {
        FaultyFileSystem disk = new();
        using RecordFile file = Write(disk, "a");
        long end = file.End;
        disk.Fail(FileOperation.Write);
        Assert.Multiple(() =>
        {
            Assert.That(() => file.Append("b"u8), Throws.InstanceOf<IOException>());
            Assert.That(() => file.Append("c"u8), Throws.InstanceOf<IOException>().With.Message.StartsWith(Name));
            Assert.That(file.Flush, Throws.InstanceOf<IOException>());
            Assert.That(file.End, Is.EqualTo(end));
            Assert.That(Read(disk, out _), Is.EqualTo(new[] { "a" }));
        });
    }

    [Test]
    public void The_end_counts_records_and_their_frames()
    {
        using RecordFile file = Write(new FaultyFileSystem(), "abcd", "efgh");
        Assert.That(file.End, Is.EqualTo(2 * FrameBytes));
    }

    [Test]
    public void An_empty_record_is_a_mistake_of_the_caller()
    {
        using RecordFile file = Write(new FaultyFileSystem());
        Assert.That(() => file.Append([]), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static RecordFile Write(FaultyFileSystem disk, params string[] texts)
    {
        RecordFile file = RecordFile.Create(disk, Name, Magic, 1, NodeId);
        foreach (string text in texts)
        {
            file.Append(Encoding.UTF8.GetBytes(text));
        }

        file.Flush();
        return file;
    }

    private static List<string> Read(FaultyFileSystem disk, out IReadOnlyList<FileStretch> damage)
    {
        List<string> texts = [];
        damage = RecordFile.Read(disk, Name, Magic, 1, NodeId, record => texts.Add(Encoding.UTF8.GetString(record.Span)));
        return texts;
    }
}
