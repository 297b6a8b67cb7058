using System.Collections.Immutable;

namespace TimeSeries.Core.Schema;

/// <summary>A rollup that each block keeps of a kind: one row per key, holding these measures and nothing else.</summary>
/// <param name="Name">Name in metrics and documents.</param>
/// <param name="Keys">Ordinals of the key fields.</param>
/// <param name="Measures">
/// The measures kept per key. An apdex measure stands here without a threshold; the one it was counted with is stored beside the rows,
/// and a query that asks for another reads raw rows.
/// </param>
public sealed record RollupSpec(string Name, ImmutableArray<int> Keys, ImmutableArray<Measure> Measures)
{
    /// <summary>When set, only samples that have a value in this field are counted (a client address, an api key).</summary>
    public int? PresentField { get; init; }
}
