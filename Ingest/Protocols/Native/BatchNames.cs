using System.Collections.Frozen;
using System.Collections.Immutable;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>The names that a batch may have: those of its own map, and those of the agent and of each kind.</summary>
internal static class BatchNames
{
    private static readonly ImmutableArray<string> _batch = ["agent", "id", .. SampleSchema.All.Select(kind => kind.Name)];

    private static readonly FrozenDictionary<string, ImmutableArray<string>> _byOwner = SampleSchema.All
        .Select(kind => (Owner: kind.Name, Names: kind.Fields.Where(field => !field.FromEnvelope).Select(field => field.Name)))
        .Append(("agent", ["oname", "okind", "onode", "oid"]))
        .ToFrozenDictionary(pair => pair.Owner, pair => pair.Names.ToImmutableArray());

    /// <summary>The name that is most like one that means nothing here; both like <c>transaction.elapsed</c> where they are of a kind.</summary>
    public static string FindNearest(string unknown)
    {
        int dot = unknown.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byOwner.TryGetValue(unknown[..dot], out ImmutableArray<string> fields)
            ? $"{unknown[..dot]}.{NearestName.Find(unknown[(dot + 1)..], fields)}"
            : NearestName.Find(unknown, _batch);
    }
}
