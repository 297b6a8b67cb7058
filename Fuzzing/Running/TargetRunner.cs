using System.Diagnostics;
using TimeSeries.Fuzzing.Targets;

namespace TimeSeries.Fuzzing.Running;

/// <summary>Runs inputs, and says what is wrong with one: an exception, too much time or too much memory. Used by one thread.</summary>
internal sealed class TargetRunner(IFuzzTarget target)
{
    // Inputs are some KiB: a millisecond is usual. Others may hold the processor, so a slow input is tried again, and this process must use that much then.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(1);
    private const int TriesOfSlow = 3;

    // A decoder takes columns for each field, and they grow by doubling.
    private const long MostBytes = 128L << 20;

    /// <summary>Runs an input. Returns what is wrong; null when nothing is.</summary>
    public string? Run(byte[] input)
    {
        for (int tries = 1; ; tries++)
        {
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            TimeSpan used = tries > 1 ? Environment.CpuUsage.TotalTime : default;
            try
            {
                target.Run(input);
            }
            catch (Exception fault)
            {
                // Whatever it is, it is what is looked for.
                return Describe(fault);
            }

            TimeSpan time = Stopwatch.GetElapsedTime(start);
            bool isSlow = time > _longest && (tries == 1 || Environment.CpuUsage.TotalTime - used > _longest);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            if (!isSlow && bytes <= MostBytes)
            {
                return null;
            }

            if (tries == TriesOfSlow)
            {
                return isSlow ? $"It takes {time.TotalSeconds:F1} s." : $"It takes {bytes >> 20} MiB.";
            }
        }
    }

    /// <summary>What tells findings apart: the kind of exception and where it was thrown, without what the input put into its message.</summary>
    public static string KeyOf(string finding)
    {
        string[] lines = finding.Split('\n');
        return lines.Length == 1 ? finding.Split(' ')[0] : lines[0].Split(':')[0] + lines[1];
    }

    private static string Describe(Exception fault)
    {
        Exception inner = fault is AggregateException { InnerException: { } only } ? only : fault;
        return inner is OracleException ? $"OracleException: {inner.Message}\n{inner.StackTrace}" : inner.ToString();
    }
}
