using System.Numerics;

namespace TimeSeries.Core.Aggregate.Filters;

/// <summary>
/// Some rows of a chunk and the group of each; reused from batch to batch. Measures take it column by column. Groups in long runs, such as windows,
/// are kept as runs; the group of each row is written only when it is needed, and so are rows one behind the other.
/// </summary>
internal sealed class SelectionVector
{
    // Rows, groups and one column of a batch stay in the first-level cache together.
    public const int Capacity = 4_096;

    // Shorter runs cost more than they save.
    private const int ShortestRun = 8;

    private readonly int[] _rows = new int[Capacity];
    private readonly int[] _groups = new int[Capacity];
    private readonly int[] _runEnds = new int[(Capacity / ShortestRun) + 1];
    private readonly int[] _runGroups = new int[(Capacity / ShortestRun) + 1];
    private int _selected;
    private int _runs;
    private bool _areGroupsKnown;
    private bool _areRowsKnown = true;

    public int[] Rows
    {
        get
        {
            if (!_areRowsKnown)
            {
                WriteRows();
            }

            return _rows;
        }
    }

    public int Count { get; set; }

    /// <summary>The first row of the run that was selected; rows are only dropped from it.</summary>
    public int FirstRow { get; private set; }

    /// <summary>Whether the rows are adjacent, with none dropped.</summary>
    public bool IsRun => Count == _selected;

    public ReadOnlySpan<int> SelectedRows => Rows.AsSpan(0, Count);

    /// <summary>The group of each row.</summary>
    public ReadOnlySpan<int> SelectedGroups
    {
        get
        {
            if (!_areGroupsKnown)
            {
                WriteGroups();
            }

            return _groups.AsSpan(0, Count);
        }
    }

    /// <summary>How many runs of one group there are; 0 when groups are kept row by row.</summary>
    public int RunCount => _runs;

    /// <summary>The end of each run, as an index into the selected rows.</summary>
    public ReadOnlySpan<int> RunEnds => _runEnds.AsSpan(0, _runs);

    /// <summary>The group of each run.</summary>
    public ReadOnlySpan<int> RunGroups => _runGroups.AsSpan(0, _runs);

    /// <summary>The group of each run, which the caller may change.</summary>
    public Span<int> EditRunGroups() => _runGroups.AsSpan(0, _runs);

    /// <summary>Where the group of each row is to be written.</summary>
    public Span<int> EditGroups()
    {
        _runs = 0;
        _areGroupsKnown = true;
        return _groups.AsSpan(0, Count);
    }

    /// <summary>Begins to keep groups as runs.</summary>
    public void BeginRuns()
    {
        _runs = 0;
        _areGroupsKnown = false;
    }

    /// <summary>Adds the run that ends before the selected row <paramref name="end"/>; false when runs are too short.</summary>
    public bool TryAddRun(int end, int group)
    {
        if (_runs == _runEnds.Length)
        {
            return false;
        }

        _runEnds[_runs] = end;
        _runGroups[_runs++] = group;
        return true;
    }

    /// <summary>Selects <paramref name="count"/> rows, one behind the other.</summary>
    public void SelectRun(int firstRow, int count)
    {
        FirstRow = firstRow;
        Count = count;
        _selected = count;
        _areRowsKnown = false;
    }

    /// <summary>Where all rows that are kept are to be written.</summary>
    public int[] EditRows()
    {
        _areRowsKnown = true;
        return _rows;
    }

    /// <summary>Selects some rows, which ascend.</summary>
    public void SelectRows(ReadOnlySpan<int> rows)
    {
        if (rows.Length > 0 && rows[^1] - rows[0] == rows.Length - 1)
        {
            SelectRun(rows[0], rows.Length);
            return;
        }

        rows.CopyTo(EditRows());
        Count = rows.Length;
        _selected = -1;
    }

    /// <summary>Keeps only the rows that have a time in the range.</summary>
    public void KeepTimes(ReadOnlySpan<long> times, long from, long to)
    {
        int[] rows = Rows;
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            int row = rows[i];
            long time = times[row];
            rows[kept] = row;
            kept += time >= from && time < to ? 1 : 0;
        }

        Count = kept;
    }

    /// <summary>Takes those rows of another selection, with their groups, that are wanted.</summary>
    public void Take(SelectionVector from, ReadOnlySpan<bool> meets, bool wanted)
    {
        ReadOnlySpan<int> rows = from.SelectedRows;
        ReadOnlySpan<int> groups = from.SelectedGroups;
        int[] taken = EditRows();
        int count = 0;
        for (int i = 0; i < meets.Length; i++)
        {
            taken[count] = rows[i];
            _groups[count] = groups[i];
            count += meets[i] == wanted ? 1 : 0;
        }

        Count = count;
        _selected = -1;
        _runs = 0;
        _areGroupsKnown = true;
    }

    private void WriteRows()
    {
        Span<int> rows = _rows.AsSpan(0, _selected);
        Vector<int> some = Vector.CreateSequence(FirstRow, 1);
        Vector<int> step = new(Vector<int>.Count);
        int row = 0;
        for (; row <= rows.Length - Vector<int>.Count; row += Vector<int>.Count)
        {
            some.CopyTo(rows[row..]);
            some += step;
        }

        for (; row < rows.Length; row++)
        {
            rows[row] = FirstRow + row;
        }

        _areRowsKnown = true;
    }

    private void WriteGroups()
    {
        int start = 0;
        for (int run = 0; run < _runs; run++)
        {
            _groups.AsSpan(start, _runEnds[run] - start).Fill(_runGroups[run]);
            start = _runEnds[run];
        }

        _areGroupsKnown = true;
    }
}
