using System.CommandLine;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>The command <c>influx-load</c>: options in, a report out.</summary>
internal static class InfluxLoadCommand
{
    private const double MaxSeconds = 300;
    private const int MaxRounds = 20;
    private const int MaxConnections = 256;
    private const int MaxBatchSamples = 1_000_000;

    private static readonly InfluxOptions _defaults = new();

    public static Command Create()
    {
        Option<string?> influxd = CommandOption.Of<string?>("--influxd",
            "The program influxd (1.x). Otherwise the one that INFLUXD names, then the one on the PATH.");
        Option<string> ingest = CommandOption.Of("--ingest", "The built Ingest.", Path.Combine(AppContext.BaseDirectory, "TimeSeries.Ingest.dll"));
        Option<double> seconds = CommandOption.Of<double>("--seconds", "How long each phase writes.", 30);
        Option<double> warmUp = CommandOption.Of<double>("--warm-up", "How long each phase writes before, unmeasured.", 10);
        Option<int> rounds = CommandOption.Of("--rounds", "How often both phases are run, in turns.", 2);
        Option<double> outage = CommandOption.Of<double>("--outage",
            "Seconds for which influxd is killed in a last phase, at half of the rate that Ingest reached: how long the log drains, and what "
                + "InfluxDB's files hold. 0: none.");
        Option<int> connections = CommandOption.Of("--connections", "Connections of the plain loader; 0 tries 2, 4 and 8 and takes the best.", 0);
        Option<int> batch = CommandOption.Of("--batch", "Samples in a push.", 10_000);
        Option<bool> gzip = CommandOption.Of("--gzip", "Compress the writes to InfluxDB, the loader's and Ingest's alike.", _defaults.Gzip);
        Option<int> lines = CommandOption.Of("--lines", "Lines at which a write is sent.", _defaults.BatchLines);
        Option<int> bytes = CommandOption.Of("--bytes", "Bytes at which a write is sent.", _defaults.BatchBytes);
        seconds.Between(1, MaxSeconds);
        warmUp.Between(1, MaxSeconds);
        outage.Between(0, MaxSeconds);
        rounds.Between(1, MaxRounds);
        connections.Between(0, MaxConnections);
        batch.Between(1, MaxBatchSamples);
        lines.Between(1, MaxBatchSamples);
        bytes.Between(1_024, InfluxOptions.MaxBatchBytes);
        Command command = new("influx-load",
            "Starts influxd and Ingest, measures what influxd takes from a plain loader of lines and what it takes through Ingest, and "
                + "reports both as one JSON line.")
        {
            influxd, ingest, seconds, warmUp, rounds, outage, connections, batch, TargetOptions.Form, gzip, lines, bytes,
        };
        command.SetAction(result => InfluxServer.FindProgram(result.GetValue(influxd)) is { } program
            ? Run(new InfluxLoadOptions
            {
                Influxd = program,
                Ingest = result.GetRequiredValue(ingest),
                Length = TimeSpan.FromSeconds(result.GetValue(seconds)),
                WarmUp = TimeSpan.FromSeconds(result.GetValue(warmUp)),
                RoundCount = result.GetValue(rounds),
                Outage = TimeSpan.FromSeconds(result.GetValue(outage)),
                ConnectionCount = result.GetValue(connections),
                BatchSamples = result.GetValue(batch),
                Form = Enum.Parse<SampleForm>(result.GetRequiredValue(TargetOptions.Form), ignoreCase: true),
                Gzip = result.GetValue(gzip),
                LineCount = result.GetValue(lines),
                LineBytes = result.GetValue(bytes),
            })
            : Refuse("There is no influxd: name one with --influxd or INFLUXD (1.6 to 1.8)."));
        return command;
    }

    private static int Run(InfluxLoadOptions options)
    {
        using CancellationTokenSource stop = new();
        using StopSignal signal = new(stop);
        try
        {
            InfluxLoadReport report = new InfluxLoad(options, TimeProvider.System).Run(stop);
            foreach (string reason in report.Loader.Concat(report.Ingest).Select(phase => phase.FirstError).OfType<string>())
            {
                Console.Error.WriteLine(reason);
            }

            Console.WriteLine(report.ToJson());
            return report.Missing == 0 && report.Outage?.Samples == report.Outage?.Stored ? ExitCode.Success : ExitCode.Incomplete;
        }
        catch (Exception fault) when (fault is InvalidOperationException or InvalidDataException or IOException)
        {
            return Refuse(fault.Message);
        }
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return ExitCode.Unreachable;
    }
}
