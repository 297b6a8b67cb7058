using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>The units that have samples in one 5-minute bucket.</summary>
internal sealed class UnitBucket(long start)
{
    private readonly Dictionary<(string Node, long Unit), UnitParts> _units = [];

    /// <summary>Takes one row of the rollups' measurement.</summary>
    public void Take(string node, long unit, long part, long parts, ReadOnlySpan<byte> base64)
    {
        if (!_units.TryGetValue((node, unit), out UnitParts? known))
        {
            known = new UnitParts(parts);
            _units.Add((node, unit), known);
        }

        known.Take(part, parts, base64);
    }

    /// <summary>
    /// The units as sources, when all are closed and whole, have together exactly as many samples as there are points in the bucket (counted after the units
    /// were read), and each can answer the query; else null.
    /// </summary>
    public List<UnitSource>? TryResolve(SampleQuery query, int specIndex, long points)
    {
        List<UnitSource> sources = [];
        long samples = 0;
        foreach (UnitParts parts in _units.Values)
        {
            if (parts.TryRead() is not { } unit || UnitParts.Find(unit, specIndex) is not { } rollup)
            {
                return null;
            }

            samples += unit.SampleCount;
            UnitSource source = new(start, rollup);
            if (!CanAnswer(query, specIndex, source))
            {
                return null;
            }

            sources.Add(source);
        }

        return samples == points ? sources : null;
    }

    // A dry run of the plan: a bucket is used whole or not at all, since its points don't say which unit they are of.
    private static bool CanAnswer(SampleQuery query, int specIndex, UnitSource source)
    {
        List<TimeRange> rest = [];
        new RollupPlan(query, source, specIndex, rest, static (_, _, _) => { }).Cover(new TimeRange(source.FirstTime, source.LastTime + 1));
        return rest.Count == 0;
    }
}
