using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>The units that have samples in one 5-minute bucket.</summary>
internal sealed class UnitBucket(long start)
{
    private readonly Dictionary<(string Node, long Unit), UnitParts> _units = [];

    /// <summary>Takes one row of the rollups' measurement.</summary>
    public void Take(string node, long unit, long part, long parts, long samples, ReadOnlySpan<byte> base64)
    {
        if (!_units.TryGetValue((node, unit), out UnitParts? known))
        {
            known = new UnitParts((int)Math.Clamp(parts, 0, int.MaxValue), samples);
            _units.Add((node, unit), known);
        }

        known.Take(part, parts, samples, base64);
    }

    /// <summary>
    /// The units as sources, when together they have exactly as many samples as there are points in the bucket and each can answer the query for it; else null.
    /// Points were counted after the units had been read.
    /// </summary>
    public List<UnitRollups>? TryResolve(SampleQuery query, int specIndex, long points)
    {
        long samples = 0;
        foreach (UnitParts unit in _units.Values)
        {
            samples += unit.Samples;
        }

        if (samples != points)
        {
            return null;
        }

        List<UnitRollups> sources = [];
        foreach (UnitParts unit in _units.Values)
        {
            if (unit.TryRead() is not { } rollup)
            {
                return null;
            }

            UnitRollups source = new(specIndex, start, rollup);
            if (!CanAnswer(query, specIndex, source))
            {
                return null;
            }

            sources.Add(source);
        }

        return sources;
    }

    // A dry run of the plan: a bucket is used whole or not at all, since its points don't say which unit they are of.
    private static bool CanAnswer(SampleQuery query, int specIndex, UnitRollups source)
    {
        List<TimeRange> rest = [];
        new RollupPlan(query, source, specIndex, rest, static (_, _, _) => { }).Cover(new TimeRange(source.FirstTime, source.LastTime + 1));
        return rest.Count == 0;
    }
}
