using System.Collections.Immutable;
using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Ingest.Receive;

/// <summary>
/// The last rejection of each cause, by project, for people who look. One that is younger than a second stays, so that a stream of rejections makes no texts.
/// Thread safe.
/// </summary>
internal sealed class RejectionExamples(TimeProvider clock)
{
    // Far more than kinds, signals and reasons make: whoever finds more causes can't fill the memory.
    private const int MostOfProject = 250;
    private const int MostLetters = 300;
    private const long LeastMilliseconds = 1_000;

    // Guards _byProject and what is in it.
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Dictionary<(string What, string Reason), RejectionExample>> _byProject = [];

    /// <summary>Keeps an example of a project's rejections, unless there is a fresh one.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="what">The kind, signal or protocol.</param>
    /// <param name="reason">The reason's name in metrics.</param>
    /// <param name="rejected">What is rejected.</param>
    /// <param name="sentence">Says what is wrong with it, where that is wanted.</param>
    public void Keep<T>(long pcode, string what, string reason, T rejected, Func<T, string> sentence)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!IsWanted(pcode, (what, reason), now))
        {
            return;
        }

        string text = sentence(rejected);
        text = text.Length > MostLetters ? text[..(char.IsHighSurrogate(text[MostLetters - 1]) ? MostLetters - 1 : MostLetters)] + "…" : text;
        lock (_lock)
        {
            Of(pcode)[(what, reason)] = new RejectionExample(what, reason, text, now);
        }
    }

    /// <summary>A project's examples.</summary>
    public ImmutableArray<RejectionExample> Find(long pcode)
    {
        lock (_lock)
        {
            return _byProject.TryGetValue(pcode, out var examples) ? [.. examples.Values] : [];
        }
    }

    private bool IsWanted(long pcode, (string What, string Reason) cause, long now)
    {
        lock (_lock)
        {
            Dictionary<(string What, string Reason), RejectionExample> examples = Of(pcode);
            return examples.TryGetValue(cause, out RejectionExample? last) ? now - last.At >= LeastMilliseconds : examples.Count < MostOfProject;
        }
    }

    private Dictionary<(string What, string Reason), RejectionExample> Of(long pcode)
    {
        if (!_byProject.TryGetValue(pcode, out var examples))
        {
            _byProject.Add(pcode, examples = []);
        }

        return examples;
    }
}
