using System.CommandLine;

namespace TimeSeries.Benchmarks.Stages;

/// <summary>
/// The command <c>influx-client</c>: what a line costs the process that sends it to InfluxDB, through our sender and through a plain HTTP client.
/// </summary>
internal static class InfluxClientCommand
{
    private const int MaxWrites = 1_000_000;

    public static Command Create()
    {
        Option<int> writes = CommandOption.Of("--writes", "Writes of 5,000 lines through each; a third as many warm up.", 1_500);
        Option<bool> gzip = CommandOption.Of<bool>("--gzip", "Compress the writes through our sender.");
        writes.Between(3, MaxWrites);
        Command command = new("influx-client",
            "Measures what sending to InfluxDB costs the sender, against a server that takes everything: processor time and allocated "
                + "bytes a line.") { writes, gzip };
        command.SetAction(async (result, cancellationToken) =>
        {
            await InfluxClientRun.MeasureAsync(result.GetValue(writes), result.GetValue(gzip), Console.Out, cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }
}
