using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TimeSeries.Fuzzing.Running;

/// <summary>
/// A loop in a process of the instrumented copy, so that an end of the process (a stack overflow, no memory) is a finding too, and an input that never ends is.
/// </summary>
internal static class LoopProcess
{
    private static readonly TimeSpan _hang = TimeSpan.FromSeconds(60);

    /// <summary>Starts the process and waits for it.</summary>
    public static LoopResult Start(string program, string target, IReadOnlyList<string> options)
    {
        string current = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new("dotnet", [program, "loop", target, "--current", current, .. options])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
            {
                return JsonSerializer.Deserialize<LoopResult>(output.Split('\n').Last(line => line.StartsWith('{')))!;
            }

            string end = $"The process ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}";
            return new LoopResult(0, 0, 0, 0, 0, [new Finding(end, CurrentInput.Read(current))]);
        }
        finally
        {
            File.Delete(current);
        }
    }

    /// <summary>Runs the loop in this process, which is the instrumented one, and prints what it came to.</summary>
    public static void Run(string target, string current, LoopSettings settings)
    {
        // Before any code of ours that counts its edges.
        EdgeMap edges = new();
        Targets.IFuzzTarget made = Targets.FuzzTargets.Make(target);
        using CurrentInput input = new(current, Math.Max(made.MaxBytes, 1));
        using Timer watch = EndWhenHung(out Action<long> begun);
        LoopResult result = new GuidedLoop(made, edges, settings).Run(input, begun);
        Console.WriteLine();
        Console.WriteLine(JsonSerializer.Serialize(result));

        // Threads of the host that the target made would keep the process.
        Environment.Exit(0);
    }

    private static Timer EndWhenHung(out Action<long> begun)
    {
        long running = 0;
        long seen = -1;
        begun = execution => Volatile.Write(ref running, execution);
        return new Timer(
            _ =>
            {
                long now = Volatile.Read(ref running);
                if (now == seen && now > 0)
                {
                    Environment.FailFast(string.Create(CultureInfo.InvariantCulture, $"An input runs for more than {_hang.TotalSeconds} s."));
                }

                seen = now;
            },
            null, _hang, _hang);
    }
}
