using System.Collections.Immutable;
using TimeSeries.Core.Files;

namespace TimeSeries.Alerting.Rules;

/// <summary>The rules of all projects, each with its file. Thread safe.</summary>
internal sealed class RuleBook(IFileSystem files, AlertingDirectory directory)
{
    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<(long Pcode, string Name), StoredRule> _rules = ImmutableSortedDictionary<(long, string), StoredRule>.Empty
        .WithComparers(Comparer<(long Pcode, string Name)>.Create(static (left, right) =>
            left.Pcode != right.Pcode ? left.Pcode.CompareTo(right.Pcode) : string.CompareOrdinal(left.Name, right.Name)));

    private DefinitionFiles Files => new(files, directory.Path, "rules");

    /// <summary>All rules, by project and name.</summary>
    public IEnumerable<StoredRule> All => _rules.Values;

    /// <summary>The names of files that could not be read, and why.</summary>
    public ImmutableArray<(string File, string Reason)> Bad { get; private set; } = [];

    /// <summary>Reads the rules of projects.</summary>
    public void Load(IEnumerable<long> pcodes)
    {
        foreach (long pcode in pcodes)
        {
            ImmutableArray<StoredRule> rules = Files.Load(
                pcode, (json, name) => RuleFormat.ReadStored(json, name, pcode), out ImmutableArray<(string File, string Reason)> bad);
            foreach (StoredRule rule in rules)
            {
                Keep(rule);
            }

            Bad = [.. Bad, .. bad];
        }
    }

    /// <summary>The rules of a project, by name.</summary>
    public ImmutableArray<StoredRule> List(long pcode) => [.. _rules.Values.Where(rule => rule.Pcode == pcode)];

    /// <summary>A rule; null when there is none of that name.</summary>
    public StoredRule? Find(long pcode, string name) => _rules.GetValueOrDefault((pcode, name));

    /// <summary>Whether a file of that name is there that could not be read.</summary>
    public bool IsUnreadable(long pcode, string name) => Bad.Any(bad => bad.File == Files.PathOf(pcode, name));

    /// <summary>Makes or replaces a rule. It is durable when this returns.</summary>
    /// <exception cref="IOException">The file can't be written; nothing is changed.</exception>
    public void Put(StoredRule rule)
    {
        Files.Write(rule.Pcode, rule.Rule.Name, RuleFormat.WriteStored(rule));
        Keep(rule);
    }

    /// <summary>Removes a rule.</summary>
    /// <exception cref="IOException">The file can't be deleted; nothing is changed.</exception>
    public void Remove(StoredRule rule)
    {
        Files.Delete(rule.Pcode, rule.Rule.Name);
        lock (_gate)
        {
            _rules = _rules.Remove((rule.Pcode, rule.Rule.Name));
        }
    }

    private void Keep(StoredRule rule)
    {
        lock (_gate)
        {
            _rules = _rules.SetItem((rule.Pcode, rule.Rule.Name), rule);
        }
    }
}
