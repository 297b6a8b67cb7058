using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>The units that have samples in one 5-minute bucket.</summary>
internal sealed class UnitBucket(SampleQuery query, int specIndex, long start, UnitCache cache, bool mustBeRead)
{
    private readonly Dictionary<(string Node, long Unit), CachedUnitRollup> _cached = [];
    private readonly Dictionary<(string Node, long Unit), UnitPartAssembler> _coming = [];
    private bool _isDamaged;

    public long Start => start;

    /// <summary>The units noted.</summary>
    public HashSet<(string Node, long Unit)> Units { get; } = [];

    /// <summary>The samples of the units that are decoded.</summary>
    public long Samples { get; private set; }

    /// <summary>Whether the parts of a closed unit must be read.</summary>
    public bool NeedsParts { get; private set; }

    /// <summary>Whether the bucket must be read raw: a unit is still open, or its rollups count samples that are left out.</summary>
    public bool MustBeRead { get; private set; } = mustBeRead;

    /// <summary>Notes that a unit is in the bucket.</summary>
    public void Note(string node, long unit, long parts)
    {
        Units.Add((node, unit));
        if (parts <= 0)
        {
            MustBeRead = true;
        }
        else if (cache.Units.Find(KeyOf(node, unit)) is { } cached)
        {
            _cached[(node, unit)] = cached;
        }
        else
        {
            NeedsParts = true;
            _coming.TryAdd((node, unit), new UnitPartAssembler(parts));
        }
    }

    /// <summary>Takes a part of a unit, unless the unit is cached.</summary>
    public void Take(string node, long unit, long part, long parts, ReadOnlySpan<byte> base64)
    {
        if (_cached.ContainsKey((node, unit)))
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
                CachedUnitRollup cached = new(unit.SampleCount, UnitPartAssembler.Find(unit, specIndex));
                cache.Units.Set(KeyOf(key.Node, key.Unit), cached);
                _cached[key] = cached;
            }
            else
            {
                _isDamaged = true;
            }
        }

        _coming.Clear();
        Samples = _cached.Values.Sum(cached => cached.Samples);
    }

    /// <summary>
    /// Returns the decoded units as sources when all are closed and whole and each can serve the query. Their samples must equal
    /// the points of the bucket, counted after the units were read. Else returns null.
    /// </summary>
    public List<UnitSource>? TryResolve(long points)
    {
        if (MustBeRead || _isDamaged || Samples != points)
        {
            return null;
        }

        List<UnitSource> sources = [];
        foreach (CachedUnitRollup cached in _cached.Values)
        {
            if (cached.Rollup is not { } rollup)
            {
                return null;
            }

            // A bucket is used whole or not at all, since points do not name their unit.
            UnitSource source = new(start, InfluxSchema.BucketMilliseconds, rollup);
            if (!source.CanServe(query))
            {
                return null;
            }

            sources.Add(source);
        }

        return sources;
    }

    /// <summary>Removes the units from the cache.</summary>
    public void Forget()
    {
        foreach ((string node, long unit) in Units)
        {
            cache.Units.Remove(KeyOf(node, unit));
        }
    }

    private UnitCacheKey KeyOf(string node, long unit) => new(query.Pcode, query.Kind, specIndex, start, node, unit);
}

/// <summary>
/// A rollup of a unit in a 5-minute bucket, or of all units in an hour. It has all of their samples in that time.
/// </summary>
internal sealed class UnitSource(long start, long length, Rollup rollup) : IRollupSource
{
    public long FirstTime => start;

    public long LastTime => start + length - 1;

    public Rollup Rollup => rollup;

    public Rollup? Find(int specIndex, RollupLevel level, bool withSketches) => specIndex == rollup.SpecIndex && level == rollup.Level ? rollup : null;

    /// <summary>Whether the rollup serves the query for all of its time. This runs the plan without a result.</summary>
    public bool CanServe(SampleQuery query)
    {
        List<TimeRange> rest = [];
        new RollupPlan(query, this, rollup.SpecIndex, rest, static (_, _, _) => { }).Cover(new TimeRange(FirstTime, LastTime + 1));
        return rest.Count == 0;
    }
}
