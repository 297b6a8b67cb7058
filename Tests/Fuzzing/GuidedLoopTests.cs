using System.Diagnostics;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Fuzzing;

/// <summary>The fuzzer itself: a fault behind three comparisons of a byte each, one inside the other, is planted in the simulation.</summary>
internal sealed class GuidedLoopTests
{
    [TestCase(true)]
    [TestCase(false)]
    public void A_planted_fault_is_found_by_what_inputs_reach_and_not_without(bool isGuided)
    {
        using TemporaryFolder findings = new();
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string program = RepositoryFolder.Combine("Fuzzing", "bin", configuration, "net10.0", "TimeSeries.Fuzzing.dll");

        // Other processes may hold the processors: whoever finds it ends at once.
        string[] options = isGuided ? ["--seconds", "60", "--most-findings", "1"] : ["--seconds", "2", "--unguided"];
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "run", "--target", "planted", "--findings", findings.FullName, .. options])
            {
                RedirectStandardOutput = true,
            })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(isGuided ? 1 : 0), output);
        Assert.That(output.Contains("The planted fault.", StringComparison.Ordinal), Is.EqualTo(isGuided), output);
    }
}
