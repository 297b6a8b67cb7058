using System.Collections.Immutable;

namespace TimeSeries.Simulation.Rules;

/// <summary>The states of a project's rules that its file may have: the last one that is durable, and those after it whose writing has failed.</summary>
internal sealed class SavedStates
{
    private static readonly ImmutableDictionary<string, (long Next, ImmutableDictionary<string, ExpectedGroup> Groups)> _none =
        ImmutableDictionary<string, (long Next, ImmutableDictionary<string, ExpectedGroup> Groups)>.Empty;

    private readonly List<ImmutableDictionary<string, (long Next, ImmutableDictionary<string, ExpectedGroup> Groups)>> _candidates = [_none];
    private ImmutableDictionary<string, (long Next, ImmutableDictionary<string, ExpectedGroup> Groups)> _now = _none;
    private byte[]? _file;

    /// <summary>What may be read at a start.</summary>
    /// <param name="isUnreadable">Whether the file may not have been read.</param>
    public IEnumerable<ImmutableDictionary<string, (long Next, ImmutableDictionary<string, ExpectedGroup> Groups)>> Candidates(bool isUnreadable) =>
        isUnreadable ? [.. _candidates, _none] : [.. _candidates];

    /// <summary>What would be saved now.</summary>
    public void Note(IEnumerable<ExpectedRule> rules) => _now = rules.ToImmutableDictionary(
        rule => rule.Rule.Name, rule => (rule.Next, rule.Groups.ToImmutableDictionary()));

    /// <summary>Looks whether it was saved.</summary>
    /// <param name="file">The file as it is; null when there is none.</param>
    /// <param name="hasFailed">Whether a call to the disk has failed meanwhile, so that it may not last.</param>
    public void End(byte[]? file, bool hasFailed)
    {
        if (hasFailed)
        {
            // It may have come to the disk all the same.
            _candidates.Add(_now);
            _file = file ?? _file;
            return;
        }

        if (file is null || (_file is not null && file.AsSpan().SequenceEqual(_file)))
        {
            return;
        }

        _candidates.Clear();
        _file = file;
        _candidates.Add(_now);
    }

    /// <summary>The file is as a start finds it.</summary>
    public void Begin(byte[]? file) => _file = file;
}
