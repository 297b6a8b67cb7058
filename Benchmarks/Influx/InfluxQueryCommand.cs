using System.CommandLine;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>The command <c>influx-query</c>: a day of samples into InfluxDB, every list endpoint asked for it, a report out.</summary>
internal static class InfluxQueryCommand
{
    // Ten times what is measured by default; more is for several hosts.
    private const int MaxTransactions = 10_000_000;

    public static Command Create()
    {
        Option<FileInfo?> program = CommandOption.Of<FileInfo?>("--influxd",
            "The program influxd (1.6 to 1.8). Without it: the one that INFLUXD names, else the one on the PATH.");
        Option<string?> host = CommandOption.Of<string?>("--influx-host", "Address of an InfluxDB that runs already, instead of starting one.");
        Option<DirectoryInfo?> directory = CommandOption.Of<DirectoryInfo?>("--data-directory",
            "Folder of the influxd that is started, to be kept: where it holds the day already, the day is not written again.");
        Option<string> database = CommandOption.Of("--database", "The database; made when it is missing, never emptied.", "timeseries_benchmark");
        Option<int> transactions = CommandOption.Of("--transactions", "Transactions of the day; the other kinds are in proportion.", 1_000_000);
        Option<int> requests = CommandOption.Of("--requests", "Requests to each endpoint, behind the first one.", 20);
        Option<bool> json = CommandOption.Of<bool>("--json", "Print one JSON line instead of a table.");
        program.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !File.Exists(result.Tokens[0].Value))
            {
                result.AddError($"--influxd: {result.Tokens[0].Value} is not there.");
            }
        });
        transactions.Between(1_000, MaxTransactions);
        requests.Between(1, 10_000);
        host.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !(Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
            {
                result.AddError($"--influx-host must be like http://127.0.0.1:8086; found '{result.Tokens[0].Value}'.");
            }
        });
        Command command = new("influx-query",
            "Writes one day of samples into InfluxDB as a node does, asks a Query host for it over HTTP at every list endpoint, and reports "
            + "what it takes. The same responses without rollups are compared byte for byte; the exit code is 5 when one differs.")
        {
            program, host, directory, database, transactions, requests, json,
        };
        command.SetAction((result, stop) => RunAsync(
            new InfluxQueryOptions
            {
                Program = result.GetValue(program)?.FullName,
                Host = result.GetValue(host) is { } address ? new Uri(address) : null,
                DataDirectory = result.GetValue(directory)?.FullName,
                Database = result.GetRequiredValue(database),
                Transactions = result.GetValue(transactions),
                Requests = result.GetValue(requests),
                Json = result.GetValue(json),
            },
            stop));
        return command;
    }

    private static async Task<int> RunAsync(InfluxQueryOptions options, CancellationToken stop)
    {
        try
        {
            using InfluxServer? own = options.Host is null ? InfluxServer.Start(Program(options), options.DataDirectory) : null;
            InfluxOptions influx = new() { Host = options.Host ?? new Uri(own!.Address), Database = options.Database, Timeout = TimeSpan.FromMinutes(1) };
            InfluxQueryReport report = await new InfluxQueryRun(options, influx).RunAsync(stop);
            Console.WriteLine(options.Json ? report.ToJson() : report.ToTable());
            return report.Endpoints.All(endpoint => endpoint.IsSame) ? ExitCode.Success : ExitCode.Different;
        }
        catch (Exception failure) when (failure is InvalidOperationException or HttpRequestException or IOException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return ExitCode.Unreachable;
        }
    }

    private static string Program(InfluxQueryOptions options) => InfluxServer.FindProgram(options.Program)
        ?? throw new InvalidOperationException("There is no influxd: name one with --influxd or INFLUXD, or a server that runs with --influx-host.");
}
