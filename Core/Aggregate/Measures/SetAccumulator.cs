using System.Buffers;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>The distinct values of a number field: a table of (group, value) while it is fed; finished, an ascending list a group.</summary>
internal sealed class SetAccumulator(Measure measure) : Accumulator
{
    private readonly LongHashTable _values = new();
    private readonly LongHashTable _members = new();
    private int[] _starts = [0];
    private long[] _lists = [];

    public override long AllocatedBytes =>
        _values.AllocatedBytes + _members.AllocatedBytes + _starts.Length * (long)sizeof(int) + _lists.Length * (long)sizeof(long);

    /// <summary>The values of a finished state's group, ascending.</summary>
    public ReadOnlySpan<long> MembersOf(int group) => _lists.AsSpan(_starts[group].._starts[group + 1]);

    public override void Reserve(int groups)
    {
    }

    public override void Add(RowBatch batch)
    {
        ReadOnlySpan<long> values = batch.Chunk.Numbers(measure.Field);
        SelectionVector selection = batch.Where(measure.Condition);
        ReadOnlySpan<int> rows = selection.SelectedRows;
        ReadOnlySpan<int> groups = selection.SelectedGroups;
        for (int i = 0; i < rows.Length && !values.IsEmpty; i++)
        {
            long value = values[rows[i]];
            if (value != NumberColumn.Missing)
            {
                Put(groups[i], value);
            }
        }
    }

    public override void Merge(Accumulator from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        SetAccumulator added = (SetAccumulator)from;
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (long value in added.MembersOf(rows[i]))
            {
                Put(groups[i], value);
            }
        }
    }

    public override void Finish(int groups)
    {
        _starts = _starts.Length > groups ? _starts : new int[groups + 1];
        _lists = _lists.Length >= _members.Count ? _lists : new long[_members.Count];
        Span<int> starts = _starts.AsSpan(0, groups + 1);
        starts.Clear();
        for (int i = 0; i < _members.Count; i++)
        {
            starts[(int)(_members[i] >> 32) + 1]++;
        }

        for (int group = 0; group < groups; group++)
        {
            starts[group + 1] += starts[group];
        }

        for (int i = 0; i < _members.Count; i++)
        {
            _lists[starts[(int)(_members[i] >> 32)]++] = _values[(int)_members[i]];
        }

        // Each start went to the end of its list, which is where the next one starts.
        starts[..^1].CopyTo(starts[1..]);
        starts[0] = 0;
        for (int group = 0; group < groups; group++)
        {
            _lists.AsSpan(_starts[group].._starts[group + 1]).Sort();
        }
    }

    public override void Clear(int groups)
    {
        _values.Clear();
        _members.Clear();
    }

    public override void Write(ByteWriter writer, int groups, SymbolTable texts) => writer.WriteAscending<long>(_starts.AsSpan(0, groups + 1), _lists);

    public override void ReserveForReading(int groups, SymbolTable texts)
    {
        _starts = _starts.Length > groups ? _starts : new int[groups + 1];
        _starts[0] = 0;
    }

    public override void Read(ref ByteReader reader, int first, int groups)
    {
        int place = _starts[first];
        long[] members = reader.ReadAscending(_starts.AsSpan(first, groups + 1), [], out int count);
        if (place + count > _lists.Length)
        {
            Array.Resize(ref _lists, Math.Max(place + count, _lists.Length * 2));
        }

        members.AsSpan(0, count).CopyTo(_lists.AsSpan(place));
        ArrayPool<long>.Shared.Return(members);
    }

    private void Put(int group, long value) => _members.Intern(((long)group << 32) | (uint)_values.Intern(value));
}
