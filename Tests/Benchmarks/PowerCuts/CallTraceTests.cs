using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.PowerCuts;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Benchmarks.PowerCuts;

/// <summary>What strace wrote is read as the calls that it was, and a disk after them has what was flushed.</summary>
internal sealed class CallTraceTests
{
    private const string Data = "/tmp/a/data";

    private static readonly List<TracedCall> _calls =
        CallTrace.Read(File.ReadLines(RepositoryFolder.Combine("Tests", "Benchmarks", "PowerCuts", "calls.trace")), Data);

    [Test]
    public void Calls_to_the_directory_that_succeeded_stand_in_the_order_in_which_they_ended() =>
        Assert.That(_calls.Select(call => (call.Kind, call.Path, call.To, Encoding.ASCII.GetString(call.Bytes), call.Offset)), Is.EqualTo(new[]
        {
            (CallKind.MakeEmpty, Data + "/log.new", "", "", 0L),
            (CallKind.Reserve, Data + "/log.new", "", "", 16L),
            (CallKind.Write, Data + "/log.new", "", "first", 0L),
            (CallKind.Flush, Data + "/log.new", "", "", 0L),
            (CallKind.Move, Data + "/log.new", Data + "/log", "", 0L),
            (CallKind.Flush, Data, "", "", 0L),
            (CallKind.Write, Data + "/log", "", "second", 5L),
        }));

    [Test]
    public void A_call_that_is_not_known_is_refused() =>
        Assert.That(() => CallTrace.Read(["7 1.5 link(\"\\x61\", \"\\x62\") = 0"], Data), Throws.InstanceOf<InvalidDataException>());

    [Test]
    public void What_was_flushed_is_there_after_a_cut_and_the_rest_in_any_part()
    {
        HashSet<string> ends = [];
        for (int seed = 0; seed < 100; seed++)
        {
            FaultyFileSystem disk = CutDisk.Cut(CutDisk.After(_calls), new Random(seed));
            string bytes = Encoding.ASCII.GetString(disk.Bytes(Data + "/log"));
            Assert.That(bytes, Does.StartWith("first").And.Length.EqualTo(16));
            ends.Add(bytes[5..11]);
        }

        Assert.That(ends, Does.Contain("second").And.Contain("\0\0\0\0\0\0").And.Contain("sec\0\0\0"));
    }

    [Test]
    public void A_name_may_be_the_old_one_as_long_as_its_directory_is_not_flushed()
    {
        HashSet<string> names = [];
        for (int seed = 0; seed < 100; seed++)
        {
            names.Add(string.Join(' ', CutDisk.Cut(CutDisk.After(_calls.Take(5)), new Random(seed)).List(Data).Select(Path.GetFileName)));
        }

        Assert.That(names, Is.EquivalentTo(["", "log.new", "log"]));
    }
}
