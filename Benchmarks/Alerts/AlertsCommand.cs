using System.CommandLine;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Alerts;

/// <summary>The command <c>alerts</c>: a history of alerts in, how fast it is asked out.</summary>
internal static class AlertsCommand
{
    private const int MaxAlerts = 100_000_000;
    private const int MaxRequests = 1_000_000;

    public static Command Create()
    {
        Option<string?> url = CommandOption.Of<string?>("--url", "The server's address. Without it one is started in this process, on a temporary folder.");
        Option<string?> token = CommandOption.Of<string?>("--token", "A token of that server with scopes ingest and read.");
        Option<int> count = CommandOption.Of("--count", "Alerts to push, spread over thirty days until now.", 1_000_000);
        Option<int> requests = CommandOption.Of("--requests", "Requests of each kind.", 1_000);
        count.Between(1, MaxAlerts);
        requests.Between(1, MaxRequests);
        url.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && ServerAddress.Parse(result.Tokens[0].Value, out string reason) is null)
            {
                result.AddError("--url: " + reason);
            }
        });
        Command command = new("alerts",
            "Pushes a history of alerts, asks for it the ways that the Alert History API has, and reports latencies as one JSON line.")
        {
            url, token, count, requests,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(url) is null != result.GetValue(token) is null)
            {
                result.AddError("--url and --token go together.");
            }
        });
        command.SetAction(async (result, cancellationToken) => await RunAsync(new AlertsOptions
        {
            Address = result.GetValue(url) is { } address ? ServerAddress.Parse(address, out _) : null,
            Token = result.GetValue(token) ?? OwnServer.Token,
            AlertCount = result.GetValue(count),
            RequestCount = result.GetValue(requests),
        }, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(AlertsOptions options, CancellationToken cancellationToken)
    {
        OwnServer? own = options.Address is null ? await OwnServer.StartAsync() : null;
        ServerAddress address = options.Address ?? own!.Address;
        try
        {
            AlertsRun run = new(options, address, TimeProvider.System, cancellationToken);
            if (run.Push() is { } failure)
            {
                Console.Error.WriteLine(failure);
                return ExitCode.Incomplete;
            }

            if (own is not null)
            {
                await own.SettleAsync();
            }

            AlertsReport report = run.Ask();
            Console.WriteLine(report.ToJson());
            return report.Requests.Exists(query => query.Errors > 0) ? ExitCode.Incomplete : ExitCode.Success;
        }
        catch (HttpRequestException exception)
        {
            Console.Error.WriteLine($"The server at {address} can't be reached: {exception.Message}.");
            return ExitCode.Unreachable;
        }
        finally
        {
            await (own?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}

/// <summary>What the alert benchmark is asked to do; checked by the command.</summary>
internal sealed record AlertsOptions
{
    /// <summary>The server; null for one of the benchmark's own.</summary>
    public required ServerAddress? Address { get; init; }

    public required string Token { get; init; }

    public required int AlertCount { get; init; }

    /// <summary>How many requests of each kind.</summary>
    public required int RequestCount { get; init; }
}
