using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>
/// Makes all rollups of one project's samples of one kind while a block is written. Memory is bounded by the keys of the open buckets
/// and what is encoded already. Not thread safe.
/// </summary>
public sealed class RollupBuilder
{
    private const int Levels = (int)RollupLevel.Block + 1;

    // A block's samples are columns: reading four of them costs about as much as reading one row of a rollup.
    private const int SamplesPerRow = 4;

    private readonly long _apdexThresholdMicroseconds;
    private readonly CooperativeYield _throttle;

    // By declaration, then level.
    private readonly RollupLevelBuilder[][] _levels;
    private readonly RowFilter?[] _present;

    // By declaration: whether the open bucket was made of source rollups, so that its samples need not be counted.
    private readonly bool[] _isFromSources;
    private readonly KindSchema _kind;
    private SourceRollups? _sources;
    private readonly long[] _starts = new long[Levels];
    private readonly long[] _samples = new long[Levels];
    private long _lastTime;
    private bool _isOpen;

    // Whether a bucket of 5 minutes was closed before the open one.
    private bool _hasClosed;

    /// <param name="kind">The kind whose rollups are made.</param>
    /// <param name="apdexThresholdMicroseconds">The project's apdex threshold, stored beside the apdex counts.</param>
    /// <param name="throttle">When to let others go first; never without it.</param>
    public RollupBuilder(KindSchema kind, long apdexThresholdMicroseconds, CooperativeYield? throttle = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(apdexThresholdMicroseconds);
        _apdexThresholdMicroseconds = apdexThresholdMicroseconds;
        _kind = kind;
        _throttle = throttle ?? CooperativeYield.Urgent;
        _isFromSources = new bool[kind.Rollups.Length];
        _levels = new RollupLevelBuilder[kind.Rollups.Length][];
        _present = new RowFilter?[kind.Rollups.Length];
        for (int i = 0; i < _levels.Length; i++)
        {
            RollupSpec spec = kind.Rollups[i];
            Measure[] measures = WithThreshold(spec);
            _present[i] = spec.PresentField is { } field ? RowFilter.Of(kind, Filter.Present(field)) : null;
            _levels[i] = new RollupLevelBuilder[Levels];
            for (int level = 0; level < Levels; level++)
            {
                _levels[i][level] = new RollupLevelBuilder(kind, spec, measures, SamplesPerRow) { Throttle = _throttle };
            }
        }
    }

    /// <summary>Length in ms of a level's buckets, aligned to the epoch.</summary>
    internal static long LengthOf(RollupLevel level) => level == RollupLevel.FiveMinutes ? 300_000 : 3_600_000;

    /// <summary>
    /// Gives the rollups of the blocks that all samples come from. To be called before the first sample is added; cleared by <see cref="Complete"/>.
    /// </summary>
    internal void UseSources(IReadOnlyList<IRollupStream> sources) =>
        _sources = sources.Count == 0 ? null : new SourceRollups(_kind, sources, _apdexThresholdMicroseconds);

    /// <summary>Adds samples. Rows must ascend by time inside a chunk and from chunk to chunk (equal times may follow each other).</summary>
    /// <exception cref="ArgumentException">A sample is earlier than one before it.</exception>
    public void Add(IColumnChunk chunk)
    {
        ReadOnlySpan<long> times = chunk.Numbers(KindSchema.Time);
        for (int row = 0; row < times.Length;)
        {
            Open(times[row]);
            int end = EndOfRun(times, row);
            AddRun(chunk, row, end - row);
            row = end;
        }

        foreach (RollupLevelBuilder[] levels in _levels)
        {
            levels[0].LeaveChunk();
        }
    }

    /// <summary>
    /// The rollups worth keeping: a bucket is kept when it has at most one row for four samples, and a section when it has such a bucket.
    /// The builder is empty then; the sections' bytes are valid until it is used again.
    /// </summary>
    public IReadOnlyList<RollupSection> Complete()
    {
        List<RollupSection> sections = [];
        if (!_isOpen)
        {
            return sections;
        }

        Close(RollupLevel.Block);
        _isOpen = false;
        _hasClosed = false;
        _sources = null;
        for (int i = 0; i < _levels.Length; i++)
        {
            for (int level = 0; level < Levels; level++)
            {
                if (_levels[i][level].Complete(i, (RollupLevel)level, _apdexThresholdMicroseconds) is { } section)
                {
                    sections.Add(section);
                }

                _throttle.Step();
            }
        }

        return sections;
    }

    private Measure[] WithThreshold(RollupSpec spec)
    {
        Measure[] measures = [.. spec.Measures];
        foreach (ref Measure measure in measures.AsSpan())
        {
            measure = measure.HasThreshold ? measure with { ThresholdMicroseconds = _apdexThresholdMicroseconds } : measure;
        }

        return measures;
    }

    // Closes what the time lies behind, and opens the buckets that it lies in.
    private void Open(long time)
    {
        if (_isOpen && time < _lastTime)
        {
            throw new ArgumentException("Samples must come in ascending order of time.", nameof(time));
        }

        long hour = WindowKeyColumn.StartOf(time, LengthOf(RollupLevel.Hour));
        long fiveMinutes = WindowKeyColumn.StartOf(time, LengthOf(RollupLevel.FiveMinutes));
        if (_isOpen && fiveMinutes == _starts[(int)RollupLevel.FiveMinutes])
        {
            return;
        }

        if (!_isOpen)
        {
            _starts[(int)RollupLevel.Block] = time;
            _isOpen = true;
        }
        else
        {
            Close(hour != _starts[(int)RollupLevel.Hour] ? RollupLevel.Hour : RollupLevel.FiveMinutes);
        }

        _starts[(int)RollupLevel.Hour] = hour;
        _starts[(int)RollupLevel.FiveMinutes] = fiveMinutes;
        for (int i = 0; i < _isFromSources.Length; i++)
        {
            _isFromSources[i] = _sources?.TryAdd(i, fiveMinutes, _levels[i][0]) ?? false;
        }
    }

    private int EndOfRun(ReadOnlySpan<long> times, int first)
    {
        long end = _starts[(int)RollupLevel.FiveMinutes] + LengthOf(RollupLevel.FiveMinutes);
        int most = Math.Min(times.Length, first + SelectionVector.Capacity);
        long last = times[first];
        int row = first;
        for (; row < most && times[row] >= last && times[row] < end; row++)
        {
            last = times[row];
        }

        // A time that goes backwards ends the run too, and is found when it is opened.
        _lastTime = last;
        return row;
    }

    private void AddRun(IColumnChunk chunk, int firstRow, int count)
    {
        for (int level = 0; level < Levels; level++)
        {
            _samples[level] += count;
        }

        for (int i = 0; i < _levels.Length; i++)
        {
            if (_isFromSources[i])
            {
                continue;
            }

            RollupLevelBuilder builder = _levels[i][0];
            builder.Selection.SelectRun(firstRow, count);
            _present[i]?.Apply(chunk, builder.Selection);
            builder.Add(chunk);
            _throttle.Step();
        }
    }

    // Closes the open buckets up to a level, the finest first, since each goes into the next.
    private void Close(RollupLevel coarsest)
    {
        // The hour of a block that has one bucket of 5 minutes would say the same as that.
        bool skipsHour = coarsest == RollupLevel.Block && !_hasClosed;
        for (int level = 0; level <= (int)coarsest; level += skipsHour ? 2 : 1)
        {
            int next = level + (skipsHour ? 2 : 1);
            foreach (RollupLevelBuilder[] levels in _levels)
            {
                levels[level].Close(_starts[level], _samples[level], next < Levels ? levels[next] : null);
                _throttle.Step();
            }
        }

        Array.Clear(_samples, 0, (int)coarsest + 1);
        _hasClosed = true;
    }
}

/// <summary>An encoded rollup, as <see cref="RollupBuilder"/> makes it and <see cref="Rollup.TryRead"/> reads it. It says by itself what it holds.</summary>
/// <param name="SpecIndex">Which rollup it is: an index into <see cref="Schema.KindSchema.Rollups"/>.</param>
/// <param name="Level">How much time its buckets span.</param>
/// <param name="Bytes">The rollup. Without a checksum: that is the file's that holds it.</param>
public readonly record struct RollupSection(int SpecIndex, RollupLevel Level, ReadOnlyMemory<byte> Bytes);
