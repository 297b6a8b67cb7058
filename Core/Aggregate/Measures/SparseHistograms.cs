using System.Buffers;
using TimeSeries.Core.Aggregate.Rollups;

using TimeSeries.Core.Codecs;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>The bins of groups that have values, and how many, as an ascending list a group. Not thread safe while it changes.</summary>
internal sealed class SparseHistograms
{
    private int[] _starts = [0];
    private ushort[] _bins = [];
    private long[] _counts = [];

    public long AllocatedBytes => (_starts.Length * (long)sizeof(int)) + (_bins.Length * (long)sizeof(ushort)) + (_counts.Length * (long)sizeof(long));

    public int GroupCount { get; private set; }

    /// <summary>How many bins all groups have together.</summary>
    public int Total => _starts[GroupCount];

    public ReadOnlySpan<ushort> BinsOf(int group) => _bins.AsSpan(_starts[group].._starts[group + 1]);

    public ReadOnlySpan<long> CountsOf(int group) => _counts.AsSpan(_starts[group].._starts[group + 1]);

    /// <summary>How many bins some groups have together.</summary>
    public int CountOf(ReadOnlySpan<int> groups)
    {
        int count = 0;
        foreach (int group in groups)
        {
            count += _starts[group + 1] - _starts[group];
        }

        return count;
    }

    /// <summary>The bin of the value of rank ⌊q·(n − 1)⌋; −1 when the group has none.</summary>
    public int BinAt(int group, double quantile)
    {
        ReadOnlySpan<long> counts = CountsOf(group);
        if (counts.IsEmpty)
        {
            return -1;
        }

        long values = 0;
        foreach (long count in counts)
        {
            values += count;
        }

        long rank = (long)Math.Floor(quantile * (values - 1));
        int place = 0;
        for (long passed = counts[0]; passed <= rank && place < counts.Length - 1; passed += counts[place])
        {
            place++;
        }

        return BinsOf(group)[place];
    }

    /// <summary>Copies the lists of other groups when they become the next ones here, each once; else changes nothing.</summary>
    public bool TryAppend(SparseHistograms from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            if (groups[i] != GroupCount + i)
            {
                return false;
            }
        }

        int end = Total;
        int total = end + from.CountOf(rows);
        Reserve(ref _starts, GroupCount + rows.Length + 1);
        Reserve(ref _bins, total);
        Reserve(ref _counts, total);
        foreach (int row in rows)
        {
            from.BinsOf(row).CopyTo(_bins.AsSpan(end));
            from.CountsOf(row).CopyTo(_counts.AsSpan(end));
            end += from.CountsOf(row).Length;
            _starts[++GroupCount] = end;
        }

        return true;
    }

    /// <summary>Gives the groups that are missing empty lists.</summary>
    public void PadTo(int groups)
    {
        Reserve(ref _starts, groups + 1);
        _starts.AsSpan(GroupCount + 1, groups - GroupCount).Fill(Total);
        GroupCount = groups;
    }

    /// <summary>Takes everything from a table.</summary>
    public void Fill(GroupedHistograms table, int groups)
    {
        int count = table.CountDistinct();
        Reserve(ref _starts, groups + 1);
        Reserve(ref _bins, count);
        Reserve(ref _counts, count);
        table.Sort(_starts.AsSpan(0, groups + 1), _bins.AsSpan(0, count), _counts.AsSpan(0, count));
        GroupCount = groups;
    }

    public void Clear()
    {
        GroupCount = 0;
        _starts[0] = 0;
    }

    /// <summary>Writes lists, with or without the first bin of each.</summary>
    public void Write(ByteWriter writer, int groups, bool withFirst)
    {
        writer.WriteAscending<ushort>(_starts.AsSpan(0, groups + 1), _bins, withFirst);
        writer.WriteNumbers(_counts.AsSpan(0, _starts[groups]));
    }

    public void ReserveForReading(int groups)
    {
        _starts = _starts.Length > groups ? _starts : new int[groups + 1];
        _starts[0] = 0;
        GroupCount = groups;
    }

    /// <summary>Reads lists; <paramref name="firstBins"/> has the first bin of each where they were not written.</summary>
    public void Read(ref ByteReader reader, int first, int groups, ReadOnlySpan<ushort> firstBins)
    {
        int place = _starts[first];
        long[] bins = reader.ReadAscending(_starts.AsSpan(first, groups + 1), firstBins, out int count);
        Reserve(ref _bins, place + count);
        Reserve(ref _counts, place + count);
        for (int i = 0; i < count; i++)
        {
            ByteReader.Require(bins[i] >= 0 && bins[i] < SketchBins.Count);
            _bins[place + i] = (ushort)bins[i];
        }

        ArrayPool<long>.Shared.Return(bins);
        Span<long> counts = _counts.AsSpan(place, count);
        reader.ReadNumbers(counts);
        foreach (long values in counts)
        {
            ByteReader.Require(values > 0);
        }
    }

    private static void Reserve<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
        }
    }
}
