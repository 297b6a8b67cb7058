using System.CommandLine;

namespace TimeSeries.Benchmarks.Page;

/// <summary>The command <c>page</c>: how long the page's views take, and what pages that are open cost.</summary>
internal static class PageCommand
{
    private const int MostTransactions = 100_000_000;

    public static Command Create()
    {
        Option<string> server = CommandOption.OfServer();
        Option<string> browser = CommandOption.Of("--browser", "The program of a Chromium.", "/usr/bin/chromium");
        Option<int> transactions = CommandOption.Of("--transactions", "Transactions of the day; other kinds are in proportion.", 2_000_000);
        Option<int> rounds = CommandOption.Of("--rounds", "How often each view is opened; 0 for not at all.", 7);
        Option<int> circuits = CommandOption.Of(
            "--circuits", "Pages without a browser that look at the live overview, beside three with one; 0 for none.", 100);
        Option<int> seconds = CommandOption.Of("--seconds", "How long transactions are pushed in each turn.", 10);
        Option<int> rate = CommandOption.Of("--rate", "Transactions a second of a load that leaves room, measured before one as fast as it is taken.", 20_000);
        Option<int> minutes = CommandOption.Of("--minutes", "How long a browser looks at the live overview; 0 for not at all.", 10);
        transactions.Between(10_000, MostTransactions);
        rounds.Between(0, 1_000);
        circuits.Between(0, 1_000);
        seconds.Between(1, 600);
        rate.Between(1, MostTransactions);
        minutes.Between(0, 1_000);
        Command command = new("page",
            "Pushes a day of every kind into a server of its own, and opens the views of the page over it in a real browser: first paint, all of a view, a "
                + "drag over the hit map. Then pages look at the live overview while transactions are pushed. Reports as JSON, a line each.")
        {
            server, browser, transactions, rounds, circuits, seconds, rate, minutes,
        };
        command.SetAction(async (result, stop) =>
        {
            PageOptions options = new(
                Path.GetFullPath(result.GetRequiredValue(server)), result.GetRequiredValue(browser), result.GetValue(transactions), result.GetValue(rounds),
                result.GetValue(circuits), result.GetValue(seconds), result.GetValue(rate), result.GetValue(minutes));
            try
            {
                await new PageRun(options, TimeProvider.System, Console.Out, stop).RunAsync();
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
