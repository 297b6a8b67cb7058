using NUnit.Framework;
using TimeSeries.Benchmarks.Kills;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Benchmarks.Kills;

/// <summary>Calls that fail are drawn from all kinds, and counted as strace tells of them.</summary>
internal sealed class CallFaultTests
{
    [Test]
    public void Every_kind_of_call_fails_once_again_and_again_and_for_good()
    {
        Random random = new(1);
        CallFault[] drawn = [.. Enumerable.Range(0, 200).Select(_ => CallFault.Draw(random))];
        Assert.Multiple(() =>
        {
            Assert.That(drawn.Select(fault => (fault.Calls, fault.Error)).Distinct(), Is.EquivalentTo(CallFault.Kinds));
            Assert.That(drawn.Select(fault => fault.When), Has.Some.Match("^[0-9]+$").And.Some.Match("^[0-9]+[+]$").And.Some.Match("^[0-9]+[+][0-9]+$"));
            Assert.That(new CallFault("rename", "EIO", "3+").Arguments("out"), Has.Member("inject=rename:error=EIO:when=3+"));
        });
    }

    [Test]
    public void Only_calls_that_failed_by_it_are_counted()
    {
        using TemporaryFolder folder = new();
        string output = folder["failed"];
        File.WriteAllLines(output,
        [
            "17 fsync(42) = 0",
            "17 fsync(42) = -1 EIO (Input/output error) (INJECTED)",
            "18 rename(\"/a/manifest.tmp\", \"/a/manifest\") = -1 ENOENT (No such file or directory)",
            "17 +++ killed by SIGKILL +++",
        ]);
        Assert.That(CallFault.Count(output), Is.EqualTo(1));
    }
}
