using System.CommandLine;

namespace TimeSeries.Benchmarks.Rules;

/// <summary>The command <c>rules</c>: what alert rules cost, and whether they are evaluated on time.</summary>
internal static class RulesCommand
{
    private const int MostTransactions = 100_000_000;

    public static Command Create()
    {
        Option<string> server = CommandOption.OfServer();
        Option<int> transactions = CommandOption.Of("--transactions", "Transactions of the last day.", 2_000_000);
        Option<int> rules = CommandOption.Of("--rules", "Rules, each evaluated every 30 seconds.", 1_000);
        Option<int> seconds = CommandOption.Of("--seconds", "How long each part is measured.", 60);
        Option<int> turns = CommandOption.Of("--turns", "How often the rate of pushes is measured with and without rules; 0 for not at all.", 3);
        transactions.Between(10_000, MostTransactions);
        rules.Between(1, 1_000);
        seconds.Between(30, 3_600);
        turns.Between(0, 100);
        Command command = new("rules",
            "Pushes a day of transactions that ends now into a server of its own, makes alert rules, and reports as JSON, a line each: how much of a core they "
                + "take, how late they are, also while requests take every slot, and how many transactions are taken beside them.")
        {
            server, transactions, rules, seconds, turns,
        };
        command.SetAction(async (result, stop) =>
        {
            RulesOptions options = new(
                Path.GetFullPath(result.GetRequiredValue(server)), result.GetValue(transactions), result.GetValue(rules),
                TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(turns));
            try
            {
                await new RulesRun(options, TimeProvider.System, Console.Out, stop).RunAsync();
                return ExitCode.Success;
            }
            catch (InvalidDataException fault)
            {
                await Console.Error.WriteLineAsync(fault.Message);
                return ExitCode.Incomplete;
            }
        });
        return command;
    }
}

/// <summary>What a run of <c>rules</c> is asked to do; checked by the command.</summary>
/// <param name="Server">The built Server.</param>
/// <param name="Transactions">Transactions of the last day.</param>
/// <param name="Rules">How many rules there are.</param>
/// <param name="Length">How long each part is measured.</param>
/// <param name="Turns">How often pushes are measured with and without rules.</param>
internal sealed record RulesOptions(string Server, int Transactions, int Rules, TimeSpan Length, int Turns);
