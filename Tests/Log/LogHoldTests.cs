using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

/// <summary>While a log is held it can be copied, though it grows and the store has all of it.</summary>
internal sealed class LogHoldTests
{
    private static readonly string _large = new('x', 3_000);

    [Test]
    public void What_is_held_is_kept_until_the_hold_is_over()
    {
        using LogUnderTest log = new();
        LogPosition end = FillThree(log);
        LogHold hold = log.Log.Hold();
        byte[][] before = [.. hold.Take().Segments.Select(part => log.Disk.Bytes(part.Path)[..(int)part.Bytes])];
        log.Log.Truncate(end);
        log.Acknowledged(_large + "later");
        byte[][] after = [.. log.Segments.Take(3).Select((path, i) => log.Disk.Bytes(path)[..before[i].Length])];
        int held = log.Segments.Length;
        hold.Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(after, Is.EqualTo(before));
            Assert.That(held, Is.EqualTo(4));
            Assert.That(log.Segments, Has.Length.LessThan(4), "what was to be forgotten is forgotten now");
        });
    }

    [Test]
    public void A_copy_has_what_was_durable_then_and_no_damage()
    {
        using LogUnderTest log = new();
        FillThree(log);
        using LogHold hold = log.Log.Hold();
        (IReadOnlyList<FilePart> segments, byte[] endNote, _) = hold.Take();
        log.Acknowledged("later");
        FaultyFileSystem copy = new();
        foreach (FilePart part in segments)
        {
            Write(copy, part.Path, log.Disk.Bytes(part.Path)[..(int)part.Bytes]);
        }

        Write(copy, LogUnderTest.Directory + ".end", endNote);
        using LogUnderTest copied = new(copy);
        List<string> texts = copied.ReadAll(default, out IReadOnlyList<LogDamage> damage);
        Assert.That(texts, Is.EqualTo(new[] { _large + 0, _large + 1, _large + 2 }));
        Assert.That((damage.Count, copied.Log.Register.Found.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_copy_knows_what_the_store_went_past()
    {
        using LogUnderTest log = new();
        LogPosition end = FillThree(log);
        using LogHold hold = log.Log.Hold();
        Assert.That(hold.Take().LostNote, Is.Null);
        LogReader reader = log.Log.Read(default);
        Assert.That(reader.TryRead(out LogPosition first, out _), Is.True);
        reader.Dispose();
        log.Log.Lost.Add(new LogDamage("", 0, default, first));
        (IReadOnlyList<FilePart> segments, byte[] endNote, byte[]? lostNote) = hold.Take();
        FaultyFileSystem copy = new();
        foreach (FilePart part in segments)
        {
            Write(copy, part.Path, log.Disk.Bytes(part.Path)[..(int)part.Bytes]);
        }

        Write(copy, LogUnderTest.Directory + ".end", endNote);
        Write(copy, LogUnderTest.Directory + ".lost", lostNote!);
        using LogUnderTest copied = new(copy);
        List<string> texts = copied.ReadAll(default, out IReadOnlyList<LogDamage> damage);
        Assert.That(texts, Is.EqualTo(new[] { _large + 1, _large + 2 }));
        Assert.That(damage.Select(stretch => (stretch.Start, stretch.End, stretch.WasPassed)), Is.EqualTo(new[] { (default(LogPosition), first, true) }));
        Assert.That(end, Is.GreaterThan(first));
    }

    [Test]
    public void A_copy_that_lacks_its_end_is_damaged()
    {
        using LogUnderTest log = new();
        FillThree(log);
        using LogHold hold = log.Log.Hold();
        (IReadOnlyList<FilePart> segments, byte[] endNote, _) = hold.Take();
        FaultyFileSystem copy = new();
        foreach (FilePart part in segments)
        {
            Write(copy, part.Path, log.Disk.Bytes(part.Path)[..(int)(part.Bytes - 1)]);
        }

        Write(copy, LogUnderTest.Directory + ".end", endNote);
        using LogUnderTest copied = new(copy);
        copied.ReadAll(default, out IReadOnlyList<LogDamage> damage);
        Assert.That(damage, Has.Count.EqualTo(3));
    }

    // Segments are so short that each record has its own.
    private static LogPosition FillThree(LogUnderTest log)
    {
        log.Acknowledged(_large + 0);
        log.Acknowledged(_large + 1);
        return log.Acknowledged(_large + 2);
    }

    private static void Write(FaultyFileSystem disk, string path, byte[] bytes)
    {
        using IFile file = disk.Create(path);
        file.Write(bytes, 0);
        file.Flush();
    }
}
