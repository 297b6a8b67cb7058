using System.Collections.Immutable;
using TimeSeries.Core.Files;

namespace TimeSeries.Alerting.Rules;

/// <summary>The rules of all projects, each with its file. Thread safe.</summary>
internal sealed class RuleBook
{
    private readonly DefinitionFiles _files;
    private readonly DefinitionBook<StoredRule> _book;

    public RuleBook(IFileSystem files, AlertingDirectory directory)
    {
        _files = new DefinitionFiles(files, directory.Path, "rules");

        // How many there may be is checked before a rule that fires is ended for another.
        _book = new DefinitionBook<StoredRule>(_files, int.MaxValue, static (pcode, json, name) => RuleFormat.ReadStored(json, name, pcode));
    }

    /// <summary>The names of files that could not be read, and why.</summary>
    public ImmutableArray<(string File, string Reason)> Bad { get; private set; } = [];

    /// <summary>Reads the rules of projects.</summary>
    public void Load(IEnumerable<long> pcodes) => Bad = [.. Bad, .. pcodes.SelectMany(pcode => _book.Load(pcode))];

    /// <summary>The rules of a project, by name.</summary>
    public ImmutableArray<StoredRule> List(long pcode) => [.. _book.Of(pcode).Values];

    /// <summary>A rule; null when there is none of that name.</summary>
    public StoredRule? Find(long pcode, string name) => _book.Find(pcode, name);

    /// <summary>Whether a file of that name is there that could not be read.</summary>
    public bool IsUnreadable(long pcode, string name) => Bad.Any(bad => bad.File == _files.PathOf(pcode, name));

    /// <summary>Makes or replaces a rule. It is durable when this returns.</summary>
    /// <exception cref="IOException">The file can't be written; nothing is changed.</exception>
    public void Put(StoredRule rule) => _book.Put(rule.Pcode, rule.Rule.Name, rule, RuleFormat.WriteStored(rule));

    /// <summary>Removes a rule.</summary>
    /// <exception cref="IOException">The file can't be deleted; nothing is changed.</exception>
    public void Remove(StoredRule rule) => _book.Delete(rule.Pcode, rule.Rule.Name);
}

/// <summary>A rule of a project, as it is since its last change. Immutable.</summary>
/// <param name="Pcode">The project.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Revision">Counts its changes, from 1.</param>
/// <param name="ChangedAt">When it was changed last, in ms since the Unix epoch. It is not evaluated for times before.</param>
public sealed record StoredRule(long Pcode, AlertRule Rule, int Revision, long ChangedAt)
{
    /// <summary>Ms between evaluations.</summary>
    public long Every => (long)Rule.Every.TotalMilliseconds;

    /// <summary>The first evaluation time that is not before a moment.</summary>
    public long FirstTimeFrom(long milliseconds) => (milliseconds + Every - 1) / Every * Every;
}
