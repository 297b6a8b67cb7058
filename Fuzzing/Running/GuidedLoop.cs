using System.Diagnostics;
using TimeSeries.Fuzzing.Targets;

namespace TimeSeries.Fuzzing.Running;

/// <summary>
/// Tries changed inputs, and keeps those that reach edges which no other reached, to change them further. All it does follows from its seed, but for how far
/// it comes. Used by one thread.
/// </summary>
internal sealed class GuidedLoop(IFuzzTarget target, EdgeMap edges, LoopSettings settings)
{
    // What was found last leads on more often.
    private const int NewestInputs = 16;

    private readonly Random _random = new(settings.Seed);
    private readonly TargetRunner _runner = new(target);
    private readonly List<byte[]> _corpus = [];
    private readonly Dictionary<string, Finding> _findings = new(StringComparer.Ordinal);
    private long _executions;

    /// <summary>Runs until its time is over.</summary>
    /// <param name="current">Where the input that runs is noted.</param>
    /// <param name="begun">Called with the number of each execution as it begins.</param>
    public LoopResult Run(CurrentInput current, Action<long> begun)
    {
        foreach (byte[] seed in settings.Inputs.Concat(target.Seeds).Where(seed => seed.Length <= target.MaxBytes))
        {
            Execute(seed, current, begun);
            _corpus.Add(seed);
        }

        if (_corpus.Count == 0)
        {
            _corpus.Add([]);
        }

        int seeds = _corpus.Count;
        InputMutator mutator = new(_random, [.. target.Words], target.MaxBytes);
        Stopwatch clock = Stopwatch.StartNew();
        long before = _executions;
        while (clock.Elapsed < settings.Time && _findings.Count < settings.MostFindings)
        {
            byte[] input = mutator.Mutate(Choose(), _corpus[_random.Next(_corpus.Count)]);
            if (Execute(input, current, begun) && settings.IsGuided)
            {
                _corpus.Add(input);
                settings.Keep(input);
            }
        }

        return new LoopResult(_executions, (_executions - before) / clock.Elapsed.TotalSeconds, edges.Edges, seeds, _corpus.Count, [.. _findings.Values]);
    }

    private byte[] Choose() => _random.Next(2) == 0
        ? _corpus[_random.Next(_corpus.Count)]
        : _corpus[_random.Next(Math.Max(0, _corpus.Count - NewestInputs), _corpus.Count)];

    // Whether it reached something new.
    private bool Execute(byte[] input, CurrentInput current, Action<long> begun)
    {
        current.Set(input);
        begun(++_executions);
        edges.Clear();
        string? wrong = _runner.Run(input);
        if (wrong is not null)
        {
            _findings.TryAdd(TargetRunner.KeyOf(wrong), new Finding(wrong, input));
        }

        // An input that fails is not changed further: it would fail again.
        return edges.AddNew() && wrong is null;
    }
}

/// <summary>How a loop runs.</summary>
/// <param name="Seed">What its choices follow from.</param>
/// <param name="Time">How long it tries.</param>
/// <param name="Inputs">Inputs to begin with.</param>
/// <param name="IsGuided">Whether it keeps what reaches something new.</param>
/// <param name="MostFindings">After how many findings it ends: one fault is often met by many inputs.</param>
/// <param name="Keep">Takes each input that is kept.</param>
internal sealed record LoopSettings(int Seed, TimeSpan Time, IReadOnlyList<byte[]> Inputs, bool IsGuided, int MostFindings, Action<byte[]> Keep);

/// <summary>What a loop came to.</summary>
internal sealed record LoopResult(
    long Executions, double ExecutionsPerSecond, int Edges, int Seeds, int Inputs, IReadOnlyList<Finding> Findings);

/// <summary>An input that fails, and how.</summary>
internal sealed record Finding(string What, byte[] Input)
{
    /// <summary>Its file: how it fails, then the input as hexadecimal digits and in base64.</summary>
    public string ToText() => $"{What}\n\nhex {Convert.ToHexStringLower(Input)}\nbase64 {Convert.ToBase64String(Input)}\n";

    /// <summary>The input of a file of a finding; the file itself when it is none.</summary>
    public static byte[] Parse(byte[] file)
    {
        string text = System.Text.Encoding.Latin1.GetString(file);
        int start = text.LastIndexOf("\nbase64 ", StringComparison.Ordinal);
        return start < 0 ? file : Convert.FromBase64String(text[(start + "\nbase64 ".Length)..].Trim());
    }
}
