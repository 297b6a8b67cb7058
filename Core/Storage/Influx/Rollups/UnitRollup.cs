using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>Rolls one table of a unit up, bucket by bucket.</summary>
internal sealed class UnitRollup
{
    // Even where each sample has a row of its own. A sample that is read raw costs InfluxDB several µs and 50 to 110 bytes, a row of a rollup
    // a tenth of either (decision 5).
    private const int SamplesPerRow = 1;

    private readonly UnitTable _table;
    private readonly long _apdexThresholdMicroseconds;
    private readonly RowFilter?[] _present;
    private readonly int[] _rows;
    private readonly long[] _buckets;

    /// <param name="table">A completed table.</param>
    /// <param name="apdexThresholdMicroseconds">The project's apdex threshold, stored beside the apdex counts.</param>
    public UnitRollup(UnitTable table, long apdexThresholdMicroseconds)
    {
        _table = table;
        _apdexThresholdMicroseconds = apdexThresholdMicroseconds;
        _present = new RowFilter?[table.Schema.Rollups.Length];
        for (int i = 0; i < _present.Length; i++)
        {
            _present[i] = table.Schema.Rollups[i].PresentField is { } field ? RowFilter.Of(table.Schema, Filter.Present(field)) : null;
        }

        ReadOnlySpan<long> times = table.Numbers(KindSchema.Time);
        _rows = new int[table.RowCount];
        _buckets = new long[table.RowCount];
        for (int row = 0; row < _rows.Length; row++)
        {
            _rows[row] = row;
            _buckets[row] = InfluxSchema.BucketOf(times[row]);
        }

        // Ties stay in any order: no measure depends on it.
        Array.Sort(_buckets, _rows);
    }

    /// <summary>The rollups of all buckets, in order of time.</summary>
    public IEnumerable<(long Bucket, UnitRollups Rollups)> Buckets()
    {
        for (int first = 0; first < _rows.Length;)
        {
            int end = first + 1;
            while (end < _rows.Length && _buckets[end] == _buckets[first])
            {
                end++;
            }

            yield return (_buckets[first], RollUp(first, end));
            first = end;
        }
    }

    private UnitRollups RollUp(int first, int end)
    {
        List<ReadOnlyMemory<byte>> sections = [];
        for (int spec = 0; spec < _present.Length; spec++)
        {
            if (RollUp(spec, first, end) is { } section)
            {
                sections.Add(section.Bytes);
            }
        }

        ReadOnlySpan<long> times = _table.Numbers(KindSchema.Time);
        long firstTime = long.MaxValue;
        long lastTime = long.MinValue;
        foreach (int row in _rows.AsSpan(first, end - first))
        {
            firstTime = Math.Min(firstTime, times[row]);
            lastTime = Math.Max(lastTime, times[row]);
        }

        return new UnitRollups(end - first, firstTime, lastTime, sections);
    }

    private RollupSection? RollUp(int index, int first, int end)
    {
        RollupSpec spec = _table.Schema.Rollups[index];
        Measure[] measures = [.. spec.Measures];
        foreach (ref Measure measure in measures.AsSpan())
        {
            measure = measure.HasThreshold ? measure with { ThresholdMicroseconds = _apdexThresholdMicroseconds } : measure;
        }

        RollupLevelBuilder builder = new(_table.Schema, spec, measures, SamplesPerRow);
        for (int start = first; start < end; start += SelectionVector.Capacity)
        {
            SelectionVector selection = builder.Selection;
            selection.Count = Math.Min(SelectionVector.Capacity, end - start);
            _rows.AsSpan(start, selection.Count).CopyTo(selection.Rows);
            _present[index]?.Apply(_table, selection);
            builder.Add(_table);
        }

        builder.LeaveChunk();
        builder.Close(_buckets[first], end - first, coarser: null);
        return builder.Complete(index, RollupLevel.FiveMinutes, _apdexThresholdMicroseconds);
    }
}
