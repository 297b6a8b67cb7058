using System.CommandLine;
using System.Globalization;
using TimeSeries.Fuzzing.Targets;

namespace TimeSeries.Fuzzing.Running;

/// <summary>The commands <c>run</c> and <c>replay</c>, the loop that <c>run</c> starts, and a target for afl-fuzz.</summary>
internal static class RunCommand
{
    private const string All = "all";

    /// <summary>Tries targets for a time.</summary>
    public static Command CreateRun()
    {
        Option<string> target = new("--target") { Description = "One of all, or: " + string.Join(", ", FuzzTargets.All), DefaultValueFactory = _ => All };
        Option<double> seconds = new("--seconds") { Description = "How long, in all.", DefaultValueFactory = _ => 60 };
        Option<int> seed = new("--seed") { Description = "What the changes of inputs follow from.", DefaultValueFactory = _ => 1 };
        Option<bool> unguided = new("--unguided") { Description = "Changes the first inputs only, whatever is reached." };
        Option<int> most = new("--most-findings") { Description = "How many findings end a target.", DefaultValueFactory = _ => 20 };
        Option<string?> corpus = new("--corpus") { Description = "A folder that inputs which reach something new are kept in, and read from at the start." };
        Option<string> findings = new("--findings") { Description = "Where inputs that fail are written.", DefaultValueFactory = _ => "findings" };
        target.Validators.Add(result =>
        {
            if (result.GetValue(target) is { } name && name != All && !FuzzTargets.Has(name))
            {
                result.AddError($"There is no target {name}.");
            }
        });
        Command command = new("run", "Tries targets with inputs that follow what is reached. Ends with 1 when an input fails.")
        {
            target, seconds, seed, unguided, most, corpus, findings,
        };
        command.SetAction(result =>
        {
            string[] targets = result.GetValue(target) is { } name && name != All ? [name] : [.. FuzzTargets.All];
            List<string> options = ["--seed", Text(result.GetValue(seed)), "--most-findings", Text(result.GetValue(most))];
            options.AddRange(result.GetValue(unguided) ? ["--unguided"] : []);
            return new FuzzRun(options, result.GetValue(corpus), result.GetValue(findings)!).Run(targets, TimeSpan.FromSeconds(result.GetValue(seconds)));
        });
        return command;
    }

    /// <summary>The loop of one target, in the instrumented copy.</summary>
    public static Command CreateLoop()
    {
        Argument<string> target = new("target");
        Option<double> seconds = new("--seconds");
        Option<int> seed = new("--seed");
        Option<bool> unguided = new("--unguided");
        Option<int> most = new("--most-findings") { DefaultValueFactory = _ => 20 };
        Option<string?> corpus = new("--corpus");
        Option<string> current = new("--current") { Required = true };
        Command command = new("loop", "What run starts.") { target, seconds, seed, unguided, most, corpus, current };
        command.Hidden = true;
        command.SetAction(result =>
        {
            string name = result.GetValue(target)!;
            string? folder = result.GetValue(corpus);
            byte[][] inputs = [.. CorpusFolder.Read(CorpusFolder.PathOf(name, "")), .. CorpusFolder.Read(folder)];
            LoopProcess.Run(name, result.GetValue(current)!, new LoopSettings(
                result.GetValue(seed), TimeSpan.FromSeconds(result.GetValue(seconds)), inputs, !result.GetValue(unguided),
                result.GetValue(most), input => Keep(folder, input)));
        });
        return command;
    }

    /// <summary>Runs one input, as the program was built.</summary>
    public static Command CreateReplay()
    {
        Argument<string> target = new("target");
        Argument<string> file = new("file") { Description = "A file of a finding, or an input itself." };
        Command command = new("replay", "Runs one input. Ends with 1 when it fails.") { target, file };
        command.SetAction(result =>
        {
            string? wrong = new TargetRunner(FuzzTargets.Make(result.GetValue(target)!)).Run(Finding.Parse(File.ReadAllBytes(result.GetValue(file)!)));
            Console.WriteLine(wrong ?? "It does not fail.");
            Environment.Exit(wrong is null ? 0 : FuzzRun.ExitFindings);
        });
        return command;
    }

    /// <summary>A target for afl-fuzz, which starts the instrumented copy.</summary>
    public static Command CreateAfl()
    {
        Argument<string> target = new("target");
        Command command = new("afl", "Takes inputs from afl-fuzz; in the instrumented copy only.") { target };
        command.SetAction(result =>
        {
            string name = result.GetValue(target)!;
            IFuzzTarget? made = null;
            SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
            {
                made ??= FuzzTargets.Make(name);
                using MemoryStream input = new();
                stream.CopyTo(input);
                made.Run(input.GetBuffer().AsSpan(0, (int)Math.Min(input.Length, made.MaxBytes)));
            });
        });
        return command;
    }

    /// <summary>Makes the instrumented copy.</summary>
    public static Command CreateInstrument()
    {
        Command command = new("instrument", "Makes the instrumented copy, for afl-fuzz, and prints its path.");
        command.SetAction(_ => Console.WriteLine(InstrumentedCopy.Make()));
        return command;
    }

    private static void Keep(string? folder, byte[] input)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, FuzzRun.NameOf(input)), input);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
