using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>The units that have samples in one 5-minute bucket.</summary>
internal sealed class UnitBucket(SampleQuery query, int specIndex, long start, UnitCache cache, bool mustBeRead)
{
    private readonly Dictionary<(string Node, long Unit), CachedUnitRollup> _known = [];
    private readonly Dictionary<(string Node, long Unit), UnitPartAssembler> _coming = [];
    private bool _isDamaged;

    public long Start => start;

    /// <summary>The units noted.</summary>
    public HashSet<(string Node, long Unit)> Units { get; } = [];

    /// <summary>The samples of the units that are decoded.</summary>
    public long Samples { get; private set; }

    /// <summary>Whether the parts of a closed unit must be read.</summary>
    public bool NeedsParts { get; private set; }

    /// <summary>Whether the bucket is read raw whatever units know: one of them is still open, or samples are left out that they count.</summary>
    public bool MustBeRead { get; private set; } = mustBeRead;

    /// <summary>Notes that a unit is in the bucket.</summary>
    public void Note(string node, long unit, long parts)
    {
        Units.Add((node, unit));
        if (parts <= 0)
        {
            MustBeRead = true;
        }
        else if (cache.Units.Find(PlaceOf(node, unit)) is { } known)
        {
            _known[(node, unit)] = known;
        }
        else
        {
            NeedsParts = true;
            _coming.TryAdd((node, unit), new UnitPartAssembler(parts));
        }
    }

    /// <summary>Takes a part of a unit; of one that is known already it is left out.</summary>
    public void Take(string node, long unit, long part, long parts, ReadOnlySpan<byte> base64)
    {
        if (_known.ContainsKey((node, unit)))
        {
            return;
        }

        if (!_coming.TryGetValue((node, unit), out UnitPartAssembler? coming))
        {
            coming = new UnitPartAssembler(parts);
            _coming.Add((node, unit), coming);
        }

        coming.Take(part, parts, base64);
    }

    /// <summary>Decodes the units that are whole.</summary>
    public void Decode()
    {
        foreach (((string Node, long Unit) key, UnitPartAssembler parts) in _coming)
        {
            if (parts.TryRead() is { } unit)
            {
                CachedUnitRollup known = new(unit.SampleCount, UnitPartAssembler.Find(unit, specIndex));
                cache.Units.Set(PlaceOf(key.Node, key.Unit), known);
                _known[key] = known;
            }
            else
            {
                _isDamaged = true;
            }
        }

        _coming.Clear();
        Samples = _known.Values.Sum(known => known.Samples);
    }

    /// <summary>
    /// The units as sources, once they are decoded, when all are closed and whole, have together exactly as many samples as there are points in the bucket
    /// (counted after the units were read), and each can answer the query; else null.
    /// </summary>
    public List<UnitSource>? TryResolve(long points)
    {
        if (MustBeRead || _isDamaged || Samples != points)
        {
            return null;
        }

        List<UnitSource> sources = [];
        foreach (CachedUnitRollup known in _known.Values)
        {
            if (known.Rollup is not { } rollup)
            {
                return null;
            }

            // A bucket is used whole or not at all, since its points don't say which unit they are of.
            UnitSource source = new(start, InfluxSchema.BucketMilliseconds, rollup);
            if (!source.CanAnswer(query))
            {
                return null;
            }

            sources.Add(source);
        }

        return sources;
    }

    /// <summary>Lets go of what the cache has of the units.</summary>
    public void Forget()
    {
        foreach ((string node, long unit) in Units)
        {
            cache.Units.Remove(PlaceOf(node, unit));
        }
    }

    private UnitCacheKey PlaceOf(string node, long unit) => new(query.Pcode, query.Kind, specIndex, start, node, unit);
}

/// <summary>
/// One rollup of a unit in a 5-minute bucket, or of all units in an hour, as the aggregation asks for it. It has all of their samples in that time.
/// </summary>
internal sealed class UnitSource(long start, long length, Rollup rollup) : IRollupSource
{
    public long FirstTime => start;

    public long LastTime => start + length - 1;

    public Rollup Rollup => rollup;

    public Rollup? Find(int specIndex, RollupLevel level, bool withSketches) => specIndex == rollup.SpecIndex && level == rollup.Level ? rollup : null;

    /// <summary>A dry run of the plan: whether the query can be answered for all of this time, which is used whole or not at all.</summary>
    public bool CanAnswer(SampleQuery query)
    {
        List<TimeRange> rest = [];
        new RollupPlan(query, this, rollup.SpecIndex, rest, static (_, _, _) => { }).Cover(new TimeRange(FirstTime, LastTime + 1));
        return rest.Count == 0;
    }
}
