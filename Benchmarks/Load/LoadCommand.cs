using System.CommandLine;
using System.Net.Sockets;
using TimeSeries.Benchmarks.Load.Exports;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Load;

/// <summary>The command <c>load</c>: options in, a report out.</summary>
internal static class LoadCommand
{
    // What the contract takes at most in one body by default would be reached earlier; this only keeps a slip of the finger from filling the memory.
    private const int MaxBatchSamples = 1_000_000;

    // What an SDK's exporter sends at most, twice.
    private const int ExportBatch = 1_000;

    // A thread each.
    private const int MaxConnections = 1_024;

    public static Command Create()
    {
        Option<double> seconds = CommandOption.Of<double>("--seconds", "How long to send.", 10);
        Option<double?> warmUp = CommandOption.Of<double?>("--warm-up",
            "Seconds at the start that do not count in latencies: by default 1, or half of a shorter load.");
        Option<int> connections = CommandOption.Of("--connections", "Connections, each with its own thread and one batch in flight.", 4);
        Option<string> protocol = CommandOption.Of("--protocol",
            "How samples are pushed. otlp and otlp-grpc push spans of OpenTelemetry, lines InfluxDB's line protocol; they report the server's processor time "
                + "too, take no other options than --seconds, --connections, --batch (1000) and --gzip, and need a token with scope admin.", "native");
        Option<string> grpc = CommandOption.Of("--grpc-url", "The server's address for OTLP over gRPC.", "http://127.0.0.1:4317");
        Option<int> batch = CommandOption.Of("--batch", "Samples in a batch.", 10_000);
        Option<string> kind = CommandOption.Of("--kind", "The kind of sample.", "transaction");
        Option<bool> json = CommandOption.Of<bool>("--json", "Send JSON instead of MessagePack.");
        Option<bool> gzip = CommandOption.Of<bool>("--gzip", "Compress each body (costs the generator's processor time, too).");
        Option<bool> gateway = CommandOption.Of("--gateway",
            "Transactions carry what an API gateway adds (api_id, api_name, api_key, alias, oauth_id, upstream_latency).", true);
        Option<bool> repeat = CommandOption.Of<bool>("--repeat",
            "Send the same few bodies over and over with other times and ids. Without it, every value of every row is drawn again before each sending.");
        Option<double?> rate = CommandOption.Of<double?>("--rate",
            "Samples a second, sent on schedule whatever the server does (open loop): batch k is due at k × batch ÷ rate, and latency counts from there. "
                + "Without it: as fast as the connections allow (closed loop).");
        seconds.Between(0.1, 86_400);
        warmUp.Between(0, 86_400);
        connections.Between(1, MaxConnections);
        batch.Between(1, MaxBatchSamples);
        rate.Between(0.000_001, 1e12);
        protocol.AcceptOnlyFromAmong("native", "otlp", "otlp-grpc", "lines");
        kind.AcceptOnlyFromAmong([.. SampleSchema.All.Select(schema => schema.Name)]);
        Command command = new("load", "Pushes generated samples and reports throughput and latency as one JSON line.")
        {
            TargetOptions.Url, TargetOptions.Token, seconds, warmUp, connections, batch, TargetOptions.Form, kind, gateway, json, gzip, repeat, rate,
            protocol, grpc,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(warmUp) >= result.GetValue(seconds))
            {
                result.AddError("--warm-up must be shorter than --seconds.");
            }
        });
        command.SetAction(result => result.GetRequiredValue(protocol) != "native" ? RunExports(new ExportLoadOptions(
            new Uri(result.GetRequiredValue(TargetOptions.Url)), new Uri(result.GetRequiredValue(grpc)), result.GetRequiredValue(TargetOptions.Token),
            result.GetRequiredValue(protocol), TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(connections),
            result.GetResult(batch) is { Implicit: false } ? result.GetValue(batch) : ExportBatch, result.GetValue(gzip))) : Run(new LoadOptions
            {
                Address = TargetOptions.Address(result),
                Token = result.GetRequiredValue(TargetOptions.Token),
                Length = TimeSpan.FromSeconds(result.GetValue(seconds)),
                WarmUp = TimeSpan.FromSeconds(result.GetValue(warmUp) ?? Math.Min(1, result.GetValue(seconds) / 2)),
                ConnectionCount = result.GetValue(connections),
                BatchSamples = result.GetValue(batch),
                Form = Enum.Parse<SampleForm>(result.GetRequiredValue(TargetOptions.Form), ignoreCase: true),
                Kind = SampleSchema.Find(result.GetRequiredValue(kind))!.Kind,
                HasGateway = result.GetValue(gateway),
                Json = result.GetValue(json),
                Gzip = result.GetValue(gzip),
                Repeats = result.GetValue(repeat),
                Rate = result.GetValue(rate),
            }));
        return command;
    }

    private static int RunExports(ExportLoadOptions options)
    {
        ExportLoad load = new(options, () => ExportLoad.ReadProcessorSecondsAsync(options.Address, options.Token), TimeProvider.System);
        ExportReport report = load.RunAsync().GetAwaiter().GetResult();
        if (load.FirstError is { } reason)
        {
            Console.Error.WriteLine(reason);
        }

        Console.WriteLine(report.ToJson());
        return report.Samples > 0 ? ExitCode.Success : ExitCode.NothingAccepted;
    }

    private static int Run(LoadOptions options)
    {
        using CancellationTokenSource stop = new();
        using StopSignal signal = new(stop);
        using LoadRun run = new(options, TimeProvider.System);
        try
        {
            run.Start(stop);
        }
        catch (SocketException exception)
        {
            Console.Error.WriteLine($"The server at {options.Address} can't be reached: {exception.Message}.");
            return ExitCode.Unreachable;
        }

        new LoadProgress(run, options.Length).Show(stop.Token);
        LoadReport report = run.Finish(stop);
        if (run.FirstError is { } reason)
        {
            Console.Error.WriteLine(reason);
        }

        Console.WriteLine(report.ToJson());
        return report.Samples > 0 ? ExitCode.Success : ExitCode.NothingAccepted;
    }
}
