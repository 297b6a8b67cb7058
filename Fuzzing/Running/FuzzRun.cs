using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using TimeSeries.Fuzzing.Targets;

namespace TimeSeries.Fuzzing.Running;

/// <summary>Tries targets, each in a process of its own, as many at a time as there are processors, and prints what each came to.</summary>
/// <param name="options">What each loop is told.</param>
/// <param name="corpus">Where inputs are kept, in a folder for each target; null for nowhere.</param>
/// <param name="findings">Where inputs that fail are written.</param>
internal sealed class FuzzRun(IReadOnlyList<string> options, string? corpus, string findings)
{
    /// <summary>The exit code when an input failed.</summary>
    public const int ExitFindings = 1;

    // Guards the output and the sums.
    private readonly Lock _gate = new();
    private long _executions;
    private int _failing;

    /// <summary>Tries targets for a time in all, divided by their shares. Returns the exit code.</summary>
    public int Run(IReadOnlyList<string> targets, TimeSpan time)
    {
        string program = InstrumentedCopy.Make();
        int atOnce = Math.Min(Environment.ProcessorCount, targets.Count);
        TimeSpan share = time * atOnce / targets.Sum(FuzzTargets.SharesOf);
        Console.WriteLine($"{"target",-14} {"executions",11} {"a second",9} {"edges",7} {"seeds",6} {"inputs",7} {"findings",9}");
        long start = Stopwatch.GetTimestamp();

        // Whoever takes longest begins first, so that all end together.
        IEnumerable<string> longestFirst = targets.OrderByDescending(FuzzTargets.SharesOf);
        Parallel.ForEach(
            Partitioner.Create(longestFirst, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce },
            target => Try(program, target, share * FuzzTargets.SharesOf(target)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"all",-14} {_executions,11:N0} in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s, {_failing} findings"));
        return _failing > 0 ? ExitFindings : 0;
    }

    /// <summary>The name of an input's file.</summary>
    public static string NameOf(byte[] input) => Convert.ToHexStringLower(XxHash64.Hash(input));

    private void Try(string program, string target, TimeSpan time)
    {
        List<string> own = [.. options, "--seconds", time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)];
        own.AddRange(corpus is null ? [] : ["--corpus", Path.Combine(corpus, target)]);
        LoopResult result = LoopProcess.Start(program, target, own);
        lock (_gate)
        {
            string counts = string.Create(CultureInfo.InvariantCulture, $"{result.Executions,11:N0} {result.ExecutionsPerSecond,9:N0} {result.Edges,7:N0}");
            Console.WriteLine($"{target,-14} {counts} {result.Seeds,6} {result.Inputs,7} {result.Findings.Count,9}");
            foreach (Finding finding in result.Findings)
            {
                Console.WriteLine($"  {Write(target, finding)}: {finding.What.Split('\n')[0]}");
            }

            _executions += result.Executions;
            _failing += result.Findings.Count;
        }
    }

    private string Write(string target, Finding finding)
    {
        Directory.CreateDirectory(findings);
        string path = Path.Combine(findings, $"{target}-{NameOf(finding.Input)}.txt");
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(finding.ToText()));
        return path;
    }
}
