using System.CommandLine;
using System.Globalization;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>The command <c>replay</c>: recorded telemetry in, counts out.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> directory = CommandOption.Of<DirectoryInfo>("--dir",
            "Folder of <kind>.csv.gz (or .csv) files; their first lines name the fields.");
        directory.Required = true;
        Option<string> speed = CommandOption.Of("--speed", "How fast: max, or a factor of the recorded speed such as 10x.", "max");
        Option<int> batch = CommandOption.Of("--batch", "Most samples in a batch.", 5_000);
        Option<int> connections = CommandOption.Of("--connections", "Connections, each with one batch in flight.", 2);
        Option<bool> json = CommandOption.Of<bool>("--json", "Send JSON instead of MessagePack.");
        Option<bool> gateway = CommandOption.Of("--gateway",
            "Give transactions that lack it what an API gateway adds, made up (api_id, api_name, api_key, alias, oauth_id, upstream_latency).", true);
        Option<bool> now = CommandOption.Of<bool>("--now", "Move all times so that the last sample is now.");
        directory.AcceptExistingOnly();
        directory.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<DirectoryInfo>() is { } folder && !ReplaySource.HasFiles(folder.FullName))
            {
                result.AddError($"--dir: no <kind>.csv.gz or <kind>.csv in {folder.FullName}.");
            }
        });
        speed.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value is var text && text != "max" && ParseSpeed(text) is null)
            {
                result.AddError($"--speed must be max or a factor such as 10x; found '{text}'.");
            }
        });
        batch.Between(1, 1_000_000);
        connections.Between(1, 64);
        Command command = new("replay", "Pushes recorded telemetry and reports what was accepted as one JSON line.")
        {
            directory, TargetOptions.Url, TargetOptions.Token, speed, TargetOptions.Form, batch, connections, json, gateway, now,
        };
        command.SetAction(result => Run(new ReplayOptions
        {
            Directory = result.GetRequiredValue(directory).FullName,
            Address = TargetOptions.Address(result),
            Token = result.GetRequiredValue(TargetOptions.Token),
            Form = Enum.Parse<SampleForm>(result.GetRequiredValue(TargetOptions.Form), ignoreCase: true),
            Json = result.GetValue(json),
            BatchSamples = result.GetValue(batch),
            ConnectionCount = result.GetValue(connections),
            Speed = ParseSpeed(result.GetRequiredValue(speed)),
            HasGateway = result.GetValue(gateway),
            EndsNow = result.GetValue(now),
        }));
        return command;
    }

    /// <summary>The factor in <c>10x</c> or <c>10</c>; null when there is none above zero.</summary>
    internal static double? ParseSpeed(string text) =>
        double.TryParse(text.EndsWith('x') ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor)
            && factor is > 0 and <= 1e9 ? factor : null;

    private static int Run(ReplayOptions options)
    {
        using CancellationTokenSource stop = new();
        using StopSignal signal = new(stop);
        try
        {
            ReplayReport report = new ReplayRun(options, TimeProvider.System).Run(stop, out int exitCode);
            Console.WriteLine(report.ToJson());
            return exitCode;
        }
        catch (HttpRequestException exception)
        {
            Console.Error.WriteLine($"The server at {options.Address} can't be reached: {exception.Message}.");
            return ExitCode.Unreachable;
        }
        catch (InvalidDataException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCode.Incomplete;
        }
    }
}
