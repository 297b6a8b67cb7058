using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>
/// How many samples of a group have a value in a number field, their sum, the smallest and the greatest, all found in one pass over the column.
/// The measures that need one of these get it when groups are finished.
/// </summary>
internal sealed class FusedNumberStats(int field)
{
    // A run of values no greater than this has a sum that fits 64 bits.
    private const long SmallEnough = long.MaxValue / SelectionVector.Capacity;

    private readonly List<CountAccumulator> _counts = [];
    private readonly List<SumAccumulator> _sums = [];
    private readonly List<MinMaxAccumulator> _extremes = [];
    private Totals[] _totals = [];
    private int _used;
    private long _added;

    // How many groups there were when their totals were last given back.
    private int _expected;

    public int Field { get; } = field;

    public long AllocatedBytes => _totals.Length * (long)Unsafe.SizeOf<Totals>();

    /// <summary>Whether the measures were given something before all was found, since it was too much to keep here.</summary>
    public bool HasFlushed { get; private set; }

    /// <summary>Makes a measure of the field get what it wants from here.</summary>
    public void Serve(Accumulator state)
    {
        switch (state)
        {
            case CountAccumulator count:
                _counts.Add(count);
                break;
            case SumAccumulator sum:
                _sums.Add(sum);
                break;
            case MinMaxAccumulator extreme:
                _extremes.Add(extreme);
                break;
        }
    }

    public void Reserve(int groups)
    {
        if (groups > _totals.Length)
        {
            RentedArray.Grow(ref _totals, _used, groups, _expected);
        }

        for (; _used < groups; _used++)
        {
            _totals[_used] = Totals.None;
        }
    }

    /// <summary>Feeds the selected rows of a chunk, whose groups were reserved.</summary>
    public void Add(IColumnChunk chunk, SelectionVector selection)
    {
        ReadOnlySpan<long> values = chunk.Numbers(Field);
        if (values.IsEmpty)
        {
            return;
        }

        Note(selection.Count);
        if (!selection.IsRun)
        {
            AddRows(values, selection.SelectedRows, selection.SelectedGroups);
            return;
        }

        ReadOnlySpan<long> run = values.Slice(selection.FirstRow, selection.Count);
        if (selection.RunCount == 0)
        {
            AddEach(run, selection.SelectedGroups);
            return;
        }

        int start = 0;
        for (int i = 0; i < selection.RunCount; i++)
        {
            int end = selection.RunEnds[i];
            AddRun(run[start..end], ref _totals[selection.RunGroups[i]]);
            start = end;
        }
    }

    /// <summary>Adds to group <c>groups[i]</c> what other totals of the same field know of group <c>rows[i]</c>.</summary>
    public void Merge(FusedNumberStats other, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        Note(other._added);
        for (int i = 0; i < rows.Length && rows[i] < other._used; i++)
        {
            _totals[groups[i]].Add(other._totals[rows[i]]);
        }
    }

    /// <summary>Gives the measures what was found.</summary>
    public void Flush()
    {
        ReadOnlySpan<Totals> totals = _totals.AsSpan(0, _used);
        foreach (CountAccumulator state in _counts)
        {
            state.Reserve(_used);
            long[] counts = state.Counts;
            for (int group = 0; group < totals.Length; group++)
            {
                counts[group] += totals[group].Count;
            }
        }

        foreach (SumAccumulator state in _sums)
        {
            state.Reserve(_used);
            Int128[] sums = state.Sums;
            for (int group = 0; group < totals.Length; group++)
            {
                sums[group] += totals[group].Sum;
            }
        }

        foreach (MinMaxAccumulator state in _extremes)
        {
            state.Reserve(_used);
            for (int group = 0; group < totals.Length; group++)
            {
                state.Include(group, totals[group].Smallest, totals[group].Greatest);
            }
        }

        Clear();
    }

    public void Clear()
    {
        _expected = RentedArray.ReturnLarge(ref _totals) ? _used : _expected;
        HasFlushed = false;
        _used = 0;
        _added = 0;
    }

    // Rows are flushed while a count of them fits, and the carries of their sums do.
    private void Note(long rows)
    {
        if (_added + rows > int.MaxValue)
        {
            int used = _used;
            Flush();
            HasFlushed = true;
            Reserve(used);
        }

        _added += rows;
    }

    private void AddRows(ReadOnlySpan<long> values, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        Totals[] totals = _totals;
        for (int i = 0; i < rows.Length && i < groups.Length; i++)
        {
            totals[groups[i]].Add(values[rows[i]]);
        }
    }

    private void AddEach(ReadOnlySpan<long> values, ReadOnlySpan<int> groups)
    {
        Totals[] totals = _totals;
        for (int i = 0; i < values.Length && i < groups.Length; i++)
        {
            totals[groups[i]].Add(values[i]);
        }
    }

    private static void AddRun(ReadOnlySpan<long> values, ref Totals totals)
    {
        ReadOnlySpan<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        if (vectors.Length > 1)
        {
            AddVectors(values[..(vectors.Length * Vector<long>.Count)], vectors, ref totals);
            values = values[(vectors.Length * Vector<long>.Count)..];
        }

        foreach (long value in values)
        {
            totals.Add(value);
        }
    }

    private static void AddVectors(ReadOnlySpan<long> values, ReadOnlySpan<Vector<long>> vectors, ref Totals totals)
    {
        Vector<long> smallest = vectors[0];
        Vector<long> greatest = smallest;
        Vector<long> sum = Vector<long>.Zero;
        foreach (Vector<long> some in vectors)
        {
            smallest = Vector.Min(smallest, some);
            greatest = Vector.Max(greatest, some);
            sum += some;
        }

        long least = long.MaxValue;
        long most = long.MinValue;
        for (int lane = 0; lane < Vector<long>.Count; lane++)
        {
            least = Math.Min(least, smallest[lane]);
            most = Math.Max(most, greatest[lane]);
        }

        // Missing is the smallest number there is, so a run that has one is not small.
        if (least >= -SmallEnough && most <= SmallEnough)
        {
            totals.Add(values.Length, Vector.Sum(sum), least, most);
            return;
        }

        foreach (long value in values)
        {
            totals.Add(value);
        }
    }

    // 32 bytes, since groups may be so many that memory is what costs: halves of a sum instead of 128 bits, and a count that is flushed before it overflows.
    private struct Totals
    {
        public long Greatest;

        // Negated, so that missing, which is its own negative, changes neither.
        private long _smallestNegated;
        private ulong _low;
        private int _high;
        private uint _count;

        public static Totals None => new() { Greatest = NumberColumn.Missing, _smallestNegated = NumberColumn.Missing };

        public readonly long Count => _count;

        public readonly long Smallest => unchecked(-_smallestNegated);

        public readonly Int128 Sum => new(unchecked((ulong)(long)_high), _low);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(long value)
        {
            _count += value == NumberColumn.Missing ? 0u : 1u;
            Greatest = Math.Max(Greatest, value);
            _smallestNegated = Math.Max(_smallestNegated, unchecked(-value));
            AddSum(value == NumberColumn.Missing ? 0 : value, value == NumberColumn.Missing ? 0 : (int)(value >> 63));
        }

        public void Add(int count, long sum, long smallest, long greatest)
        {
            _count += (uint)count;
            Greatest = Math.Max(Greatest, greatest);
            _smallestNegated = Math.Max(_smallestNegated, -smallest);
            AddSum(sum, (int)(sum >> 63));
        }

        public void Add(in Totals other)
        {
            _count += other._count;
            Greatest = Math.Max(Greatest, other.Greatest);
            _smallestNegated = Math.Max(_smallestNegated, other._smallestNegated);
            AddSum(unchecked((long)other._low), other._high);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void AddSum(long low, int high)
        {
            ulong sum = unchecked(_low + (ulong)low);
            _high += high + (sum < _low ? 1 : 0);
            _low = sum;
        }
    }
}
