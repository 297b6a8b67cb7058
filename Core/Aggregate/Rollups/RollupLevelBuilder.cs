using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>One rollup at one level while a block is written: the groups of the open bucket, and the section of the closed ones.</summary>
internal sealed class RollupLevelBuilder
{
    // What has more rows than this costs a query about as much as the samples do; and memory stays bounded.
    private const int MaxRows = 1 << 18;

    // Merging so many rows, sketches among them, takes about a tenth of a millisecond.
    private const int RowsAStep = 128;

    private readonly HashAggregator _open;
    private readonly RollupSectionWriter _section;
    private readonly int _samplesPerRow;
    private long _counted;
    private bool _isRaw;

    /// <param name="schema">The kind.</param>
    /// <param name="spec">The declaration.</param>
    /// <param name="measures">Its measures, with their thresholds.</param>
    /// <param name="samplesPerRow">A bucket is kept where there are at least so many samples to a row; else it is marked raw.</param>
    public RollupLevelBuilder(KindSchema schema, RollupSpec spec, ReadOnlySpan<Measure> measures, int samplesPerRow)
    {
        _samplesPerRow = samplesPerRow;
        GroupKeyColumn[] parts = new GroupKeyColumn[spec.Keys.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = GroupKeyColumn.Of(schema, new GroupField(spec.Keys[i]));
        }

        _open = new HashAggregator(schema, parts, measures);
        _section = new RollupSectionWriter(schema, spec);
    }

    /// <summary>When to let others go first.</summary>
    public CooperativeYield Throttle { get; init; } = CooperativeYield.Urgent;

    /// <summary>The rows of the next batch: whoever adds selects them here.</summary>
    public SelectionVector Selection => _open.Selection;

    /// <summary>Adds the selected samples to the open bucket.</summary>
    public void Add(IColumnChunk chunk)
    {
        _counted += Selection.Count;
        if (!_isRaw)
        {
            _open.Add(chunk);
            GiveUpWhenTooMany();
        }
    }

    /// <summary>Adds all rows of a rollup of the same declaration to the open bucket.</summary>
    public void Add(Rollup rollup)
    {
        foreach (RollupBucket bucket in rollup.Buckets)
        {
            Add(bucket, rollup.Keys, rollup.States);
        }
    }

    /// <summary>Adds the rows of one bucket of a rollup of the same declaration to the open bucket.</summary>
    public void Add(RollupBucket bucket, GroupKeys keys, ReadOnlySpan<Accumulator> states)
    {
        _counted += bucket.Counted;
        _isRaw |= bucket.IsRaw;
        int end = bucket.FirstRow + bucket.RowCount;
        for (int first = bucket.FirstRow; first < end && !_isRaw; first += RowsAStep)
        {
            Selection.SelectRun(first, Math.Min(RowsAStep, end - first));
            _open.Merge(keys, states);
            GiveUpWhenTooMany();
            Throttle.Step();
        }

        LeaveChunk();
    }

    public void LeaveChunk() => _open.LeaveChunk();

    /// <summary>Closes the open bucket, which also goes into the open one of the next coarser level.</summary>
    public void Close(long start, long samples, RollupLevelBuilder? coarser)
    {
        _open.Finish();
        Throttle.Step();
        coarser?.Merge(this);
        Throttle.Step();
        if (_isRaw || _open.Groups.Count * (long)_samplesPerRow > samples)
        {
            _section.AppendRaw(start, samples);
        }
        else
        {
            _section.Append(start, samples, _counted, _open);
        }

        _open.Clear();
        _counted = 0;
        _isRaw = false;
    }

    /// <summary>The encoded section, or null when no bucket of it has rows. The next bucket begins a new section.</summary>
    public RollupSection? Complete(int specIndex, RollupLevel level, long apdexThresholdMicroseconds)
    {
        RollupSection? section =
            _section.HasRows ? new RollupSection(specIndex, level, _section.Complete(specIndex, level, apdexThresholdMicroseconds)) : null;
        _section.Clear();
        return section;
    }

    private void Merge(RollupLevelBuilder finer)
    {
        _counted += finer._counted;
        _isRaw |= finer._isRaw;
        if (!_isRaw)
        {
            _open.Merge(finer._open, RowsAStep, Throttle);
            GiveUpWhenTooMany();
        }
    }

    private void GiveUpWhenTooMany()
    {
        if (_open.Groups.Count > MaxRows)
        {
            _isRaw = true;
            _open.Clear();
        }
    }
}
