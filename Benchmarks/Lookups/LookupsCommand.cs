using System.CommandLine;

namespace TimeSeries.Benchmarks.Lookups;

/// <summary>The command <c>lookups</c>: a day of every kind that has a txid in, how fast the samples of one txid come out.</summary>
internal static class LookupsCommand
{
    private const int MostSamples = 1_000_000_000;
    private const int MostRequests = 1_000_000;

    public static Command Create()
    {
        Option<int> samples = CommandOption.Of("--samples", "Samples of each kind, spread over one day.", 5_000_000);
        Option<int> requests = CommandOption.Of("--requests", "Requests of each sort.", 200);
        samples.Between(LookupDay.SliceRows, MostSamples);
        requests.Between(1, MostRequests);
        Command command = new("lookups",
            "Pushes a day of transactions, statements, calls and exceptions with txids of 32 digits into a server of its own, asks for the samples of single "
                + "txids that are there and that are not, and reports latencies as JSON, a line each.")
        {
            samples, requests,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            LookupsRun run = new(result.GetValue(samples), result.GetValue(requests), TimeProvider.System, cancellationToken);
            try
            {
                return await run.RunAsync(Console.Out) ? ExitCode.Success : ExitCode.Incomplete;
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
