using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TimeSeries.Benchmarks.PowerCuts;

/// <summary>The command <c>power-cut</c>: starts the real server on what a disk may hold after a power cut at any of its calls.</summary>
internal static class PowerCutCommand
{
    public static Command Create()
    {
        Option<int> cuts = CommandOption.Of("--cuts", "How many power cuts.", 200);
        Option<int> seed = CommandOption.Of("--seed", "Decides where the power goes, and what is left of what was not flushed.", 1);
        Option<int> seconds = CommandOption.Of("--seconds", "How long pushes are recorded.", 5);
        Option<string> server = CommandOption.OfServer();
        cuts.Between(1, 1_000_000);
        seconds.Between(1, 600);
        Command command = new("power-cut",
            "Records what the Server asks of the disk (strace) while batches are pushed over every protocol, makes directories that a disk may hold when the "
                + "power goes at any of these calls, starts the Server on each and compares what it has with what was acknowledged by then. Ends with 5, and "
                + "keeps the directory, on a difference.")
        {
            cuts, seed, seconds, server,
        };
        command.SetAction(async (result, stop) =>
        {
            Stopwatch clock = Stopwatch.StartNew();
            PowerCutRun run = new(Path.GetFullPath(result.GetRequiredValue(server)), result.GetValue(cuts), result.GetValue(seed));
            string? difference = await run.RunAsync(TimeSpan.FromSeconds(result.GetValue(seconds)), Console.Out, stop);
            Console.WriteLine(difference ?? "no difference");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F1} s"));
            return difference is null ? ExitCode.Success : ExitCode.Different;
        });
        return command;
    }
}
