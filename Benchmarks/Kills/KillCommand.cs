using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TimeSeries.Benchmarks.Kills;

/// <summary>The command <c>kill</c>: kills a real server again and again under pushes, and compares what it has with what it took.</summary>
internal static class KillCommand
{
    public static Command Create()
    {
        Option<int> rounds = CommandOption.Of("--rounds", "How often the server is started and killed.", 500);
        Option<int> seed = CommandOption.Of("--seed", "Decides what is pushed and when the server is killed.", 1);
        Option<int> longest = CommandOption.Of("--longest", "Most milliseconds of pushing before a kill.", 400);
        Option<int> faults = CommandOption.Of("--faults", "Percent of the rounds in which calls to the disk fail (strace, Linux only).", 0);
        Option<string> server = CommandOption.OfServer();
        rounds.Between(1, 1_000_000);
        longest.Between(1, 60_000);
        faults.Between(0, 100);
        Command command = new("kill",
            "Starts the Server, pushes over every protocol at the same time and kills it (SIGKILL) after a random time, also in its start; starts it again, "
                + "compares it with what it acknowledged, and sends again what got no response. Calls to the disk can fail meanwhile. Ends with 5 on a "
                + "difference, and keeps the directory.")
        {
            rounds, seed, longest, faults, server,
        };
        command.SetAction(async (result, stop) =>
        {
            KillOptions options = new(
                Path.GetFullPath(result.GetRequiredValue(server)), result.GetValue(rounds), result.GetValue(seed),
                TimeSpan.FromMilliseconds(result.GetValue(longest)), result.GetValue(faults));
            Stopwatch clock = Stopwatch.StartNew();
            KillReport report = await new KillRun(options).RunAsync(stop);
            Console.WriteLine(report.ToText());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F1} s"));
            return report.Difference is null ? ExitCode.Success : ExitCode.Different;
        });
        return command;
    }
}

/// <summary>What a run of kills is asked to do.</summary>
/// <param name="Program">The built Server.</param>
/// <param name="Rounds">How often it is started and killed.</param>
/// <param name="Seed">Decides what is pushed and when the server is killed; how far it has come by then is a matter of the machine.</param>
/// <param name="LongestPush">The longest time of pushing before a kill.</param>
/// <param name="FaultPercent">In how many of a hundred rounds calls to the disk fail.</param>
internal sealed record KillOptions(string Program, int Rounds, int Seed, TimeSpan LongestPush, int FaultPercent = 0);
