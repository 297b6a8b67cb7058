using System.Diagnostics;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Tests.Contract.Oracle;

namespace TimeSeries.Tests.Files;

public sealed class DiskFileSystemTests
{
    private readonly DiskFileSystem _disk = new();
    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("disk").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void Buffers_are_written_one_behind_the_other([Values(2, 100)] int bytesEach)
    {
        // More than a system call takes at once.
        using IFile file = _disk.Create(Named("a"));
        List<ReadOnlyMemory<byte>> buffers = [.. Enumerable.Range(0, 3_000)
            .Select(i => (ReadOnlyMemory<byte>)Enumerable.Range(0, bytesEach).Select(at => (byte)(i >> (8 * (at % 2)))).ToArray())];
        file.Append(buffers, 10);
        file.Flush();
        byte[] read = new byte[3_000 * bytesEach];
        int count = file.Read(read, 10);
        Assert.That((count, read.AsSpan().SequenceEqual(buffers.SelectMany(buffer => buffer.ToArray()).ToArray())), Is.EqualTo((3_000 * bytesEach, true)));
    }

    [Test]
    public void What_is_appended_in_parts_of_any_size_stands_one_behind_the_other([Values(0, 10, 4_096, 5_000)] int first)
    {
        Random random = new(7);
        int[] sizes = [1, 5_000, 4_096 - 906, 3, 300_000, 10, 131_072, 131_073, 8_192, 40_000];
        using IFile file = _disk.Create(Named("a"), 2 << 20);
        byte[] expected = new byte[first + sizes.Sum()];
        random.NextBytes(expected);
        file.Write(expected.AsSpan(0, first), 0);
        int at = first;
        foreach (int size in sizes)
        {
            file.Append(Parts(expected.AsMemory(at, size)), at);
            file.Flush();
            at += size;

            // Read in between as well: the system's cache must not keep what was there before.
            Assert.That(ReadAll(file, at).AsSpan().SequenceEqual(expected.AsSpan(0, at)), Is.True, $"after {at} bytes");
        }

        using IFile other = _disk.Open(Named("a"), FileAccess.Read);
        Assert.That(ReadAll(other, at), Is.EqualTo(expected));
    }

    [Test]
    public void Appending_goes_on_where_something_else_was_written_or_cut_off()
    {
        using IFile file = _disk.Create(Named("a"), 1 << 20);
        file.Append([new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }], 0);
        file.Write("ab"u8, 2);
        file.SetLength(5);
        file.Append([new byte[] { 9 }, new byte[] { 10 }], 5);
        file.Append([new byte[] { 11 }], 6);
        file.Write("c"u8, 0);
        file.Append([new byte[] { 12 }], 7);
        file.Flush();
        Assert.That(ReadAll(file, 8), Is.EqualTo(new byte[] { (byte)'c', 2, (byte)'a', (byte)'b', 5, 9, 11, 12 }));
    }

    [Test]
    public void A_read_ends_at_the_files_end()
    {
        using IFile file = _disk.Create(Named("a"));
        file.Write("12345"u8, 0);
        Assert.That(file.Read(new byte[10], 2), Is.EqualTo(3));
    }

    [Test]
    public void A_reserve_reads_as_zeros()
    {
        using IFile file = _disk.Create(Named("a"), 100_000);
        byte[] read = [1, 1, 1];
        int count = file.Read(read, 50_000);
        Assume.That(file.Length, Is.EqualTo(100_000), "this system can reserve");
        Assert.That((count, read), Is.EqualTo((3, new byte[3])));
    }

    [Test]
    public void Creating_empties_what_was_there()
    {
        using (IFile old = _disk.Create(Named("a")))
        {
            old.Write("old"u8, 0);
        }

        using IFile file = _disk.Create(Named("a"));
        Assert.That(file.Length, Is.EqualTo(0));
    }

    [Test]
    public void A_directory_and_a_move_in_it_can_be_flushed()
    {
        _disk.Create(Named("a")).Dispose();
        _disk.Create(Named("b")).Dispose();
        _disk.Move(Named("a"), Named("b"));
        _disk.FlushDirectory(_directory);
        Assert.That(_disk.List(_directory), Is.EqualTo(new[] { Named("b") }));
    }

    [Test]
    public void A_directory_that_is_not_there_has_no_files() => Assert.That(_disk.List(Named("none")), Is.Empty);

    [Test]
    public void Flushing_a_directory_that_is_not_there_is_an_io_fault() =>
        Assert.That(() => _disk.FlushDirectory(Named("none")), Throws.InstanceOf<IOException>());

    [Test]
    public void A_directory_is_taken_by_one_and_free_again_afterwards()
    {
        IDisposable? first = _disk.TryLock(_directory);
        IDisposable? second = _disk.TryLock(_directory);
        first?.Dispose();
        using IDisposable? third = _disk.TryLock(_directory);
        Assert.That((first is null, second is null, third is null), Is.EqualTo((false, true, false)));
    }

    [Test]
    public void A_directory_that_another_process_has_is_not_taken()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("flock(1) is Linux's.");
        }

        using Process other = Process.Start(new ProcessStartInfo("flock", [Named(DiskFileSystem.LockName), "sh", "-c", "echo taken; read line"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        other.StandardOutput.ReadLine();
        using IDisposable? whileTaken = _disk.TryLock(_directory);
        other.StandardInput.Close();
        other.WaitForExit();
        using IDisposable? afterwards = _disk.TryLock(_directory);
        Assert.That((whileTaken is null, afterwards is null), Is.EqualTo((true, false)));
    }

    [Test]
    public void Free_bytes_are_told() => Assert.That(_disk.FreeBytes(_directory), Is.GreaterThan(0));

    [Test]
    public void A_full_disk_is_told_as_such()
    {
        if (!File.Exists("/dev/full"))
        {
            Assert.Ignore("/dev/full is Linux's.");
        }

        using IFile file = _disk.Open("/dev/full", FileAccess.ReadWrite);
        Assert.That(() => file.Write("x"u8, 0), Throws.TypeOf<DiskFullException>());
    }

    // In two parts, so that there is more than one buffer.
    private static List<ReadOnlyMemory<byte>> Parts(Memory<byte> bytes) => [bytes[..(bytes.Length / 3)], bytes[(bytes.Length / 3)..]];

    private static byte[] ReadAll(IFile file, int length)
    {
        byte[] bytes = new byte[length];
        Assert.That(file.Read(bytes, 0), Is.EqualTo(length));
        return bytes;
    }

    private string Named(string name) => Path.Combine(_directory, name);
}
