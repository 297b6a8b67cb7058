using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Files;

public sealed class DataDirectoryTests
{
    private const string Root = "/data";

    [Test]
    public void A_node_keeps_its_id()
    {
        FaultyFileSystem disk = new();
        ulong first = IdOf(disk);
        Assert.That(IdOf(disk), Is.EqualTo(first).And.Not.EqualTo(0));
    }

    [Test]
    public void Two_directories_have_two_ids()
    {
        ulong other = IdOf(new FaultyFileSystem());
        Assert.That(IdOf(new FaultyFileSystem()), Is.Not.EqualTo(other));
    }

    [Test]
    public void The_id_survives_a_power_cut_right_after_it_was_made()
    {
        FaultyFileSystem disk = new();
        ulong first = IdOf(disk);
        Assert.That(IdOf(disk.PowerCut(_ => 0)), Is.EqualTo(first));
    }

    [Test]
    public void The_last_two_processes_are_remembered_through_a_power_cut()
    {
        FaultyFileSystem disk = new();
        using (DataDirectory directory = DataDirectory.Open(disk, Root, "here"))
        {
            foreach (ulong instance in new ulong[] { 1, 2, 2, 3 })
            {
                directory.KeepInstance(instance);
            }
        }

        using DataDirectory again = DataDirectory.Open(disk.PowerCut(_ => 0), Root, "here");
        Assert.That(Enumerable.Range(0, 5).Select(instance => again.WasInstance((ulong)instance)), Is.EqualTo(new[] { false, false, true, true, false }));
    }

    [Test]
    public void A_damaged_file_of_processes_knows_none()
    {
        FaultyFileSystem disk = new();
        using (DataDirectory directory = DataDirectory.Open(disk, Root, "here"))
        {
            directory.KeepInstance(7);
        }

        disk.Corrupt(Root + "/instance", 50, 1, 2, 3);
        using DataDirectory again = DataDirectory.Open(disk.PowerCut(_ => 0), Root, "here");
        Assert.That(again.WasInstance(7), Is.False);
        Assert.That(again.HasDamagedInstance, Is.True);
    }

    [Test]
    public void A_second_owner_is_refused_with_a_clear_sentence()
    {
        FaultyFileSystem disk = new();
        using DataDirectory first = DataDirectory.Open(disk, Root, "here");
        Assert.That(
            () => DataDirectory.Open(disk, Root, "here"),
            Throws.TypeOf<DirectoryInUseException>().With.Message.EqualTo(
                "The data directory /data is in use by another process. Stop that process, or set Storage:Directory to another directory."));
    }

    [Test]
    public void The_lock_goes_with_its_process()
    {
        FaultyFileSystem disk = new();
        using DataDirectory first = DataDirectory.Open(disk, Root, "here");
        Assert.That(() => DataDirectory.Open(disk.Kill(), Root, "here").Dispose(), Throws.Nothing);
    }

    [Test]
    public void A_fresh_directory_with_an_empty_node_file_starts()
    {
        FaultyFileSystem disk = new();
        disk.Create(Root + "/node").Dispose();
        Assert.That(IdOf(disk), Is.Not.EqualTo(0));
    }

    [Test]
    public void A_lost_node_file_is_made_again_from_what_a_segment_says()
    {
        FaultyFileSystem disk = new();
        byte[] header = new byte[FileHeader.Size];
        new FileHeader(FileHeader.MagicOf("TSLG"u8), 1, 0xABCDEF).Write(header);
        using (IFile segment = disk.Create(Root + "/log/00000000000000000000.log"))
        {
            segment.Write(header, 0);
        }

        Assert.That(IdOf(disk), Is.EqualTo(0xABCDEF));
    }

    [Test]
    public void A_lost_node_file_that_nothing_can_replace_is_refused_by_name()
    {
        FaultyFileSystem disk = new();
        using (IFile block = disk.Create(Root + "/blocks/1"))
        {
            block.Write("not a header, but something that was once written"u8, 0);
        }

        Assert.That(() => IdOf(disk), Throws.TypeOf<UnknownFormatException>().With.Message.StartsWith("/data/node: is missing or damaged"));
    }

    [Test]
    public void A_node_file_of_another_version_is_refused_by_name()
    {
        FaultyFileSystem disk = new();
        byte[] header = new byte[FileHeader.Size];
        new FileHeader(FileHeader.MagicOf("TSND"u8), 7, 1).Write(header);
        using (IFile node = disk.Create(Root + "/node"))
        {
            node.Write(header, 0);
        }

        Assert.That(() => IdOf(disk), Throws.TypeOf<UnknownFormatException>().With.Message.Contains("version 7"));
    }

    [TestCase("here", false)]
    [TestCase("there", true)]
    public void A_directory_that_was_made_elsewhere_is_told(string machine, bool isFromElsewhere)
    {
        FaultyFileSystem disk = new();
        DataDirectory.Open(disk, Root, "here").Dispose();
        using DataDirectory directory = DataDirectory.Open(disk, Root, machine);
        Assert.That((directory.Machine, directory.IsFromElsewhere), Is.EqualTo(("here", isFromElsewhere)));
    }

    [Test]
    public void A_new_node_begins_at_a_number_and_survives_a_power_cut()
    {
        FaultyFileSystem disk = new();
        DataDirectory.Open(disk, Root, "here").Dispose();
        using (DataDirectory moved = DataDirectory.Open(disk, Root, "there"))
        {
            moved.BeginNode(100);
        }

        using DataDirectory directory = DataDirectory.Open(disk.PowerCut(_ => 0), Root, "there");
        Assert.That((directory.NodeIdOf(99), directory.NodeIdOf(100) == directory.NodeId, directory.IsFromElsewhere),
            Is.EqualTo((directory.NodeId, false, false)));
    }

    [Test]
    public void A_new_node_that_can_not_be_kept_is_none()
    {
        FaultyFileSystem disk = new();
        DataDirectory.Open(disk, Root, "here").Dispose();
        using DataDirectory directory = DataDirectory.Open(disk, Root, "there");
        disk.Fail(FileOperation.Flush, times: int.MaxValue);

        Assert.That(() => directory.BeginNode(100), Throws.InstanceOf<IOException>());
        Assert.That((directory.NodeIdOf(100), directory.IsFromElsewhere), Is.EqualTo((directory.NodeId, true)));
    }

    // Byte 32 is the first behind the header.
    [TestCase(32)]
    [TestCase(40)]
    [TestCase(54)]
    public void Damaged_later_ids_are_refused(int offset)
    {
        FaultyFileSystem disk = new();
        using (DataDirectory directory = DataDirectory.Open(disk, Root, "here"))
        {
            directory.BeginNode(100);
        }

        using (IFile node = disk.Open(Root + "/node", FileAccess.ReadWrite))
        {
            byte[] one = new byte[1];
            node.Read(one, offset);
            one[0] ^= 1;
            node.Write(one, offset);
        }

        Assert.That(() => IdOf(disk), Throws.TypeOf<UnknownFormatException>().With.Message.Contains("later ids"));
    }

    private static ulong IdOf(FaultyFileSystem disk)
    {
        using DataDirectory directory = DataDirectory.Open(disk, Root, "here");
        return directory.NodeId;
    }
}
