using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>
/// The rows of several blocks of one kind, in a new block's order. The order is computed once, then the columns stream through, so that
/// memory holds a byte a row, a chunk a block and one dictionary.
/// </summary>
internal sealed class MergingRows : IBlockRows, IDisposable
{
    /// <summary>Most blocks merged at one time: a row's source is a byte, and each block's least row is looked at to find the next.</summary>
    public const int MaxSources = 32;

    // Rollups' bytes are read whole. Longer ones are computed from the samples instead.
    private const long MaxRollupBytes = 16L << 20;

    private readonly LargeArrayPool _pool;
    private readonly MergeCursor[] _cursors;
    private readonly BlockProject[] _projects;
    private readonly byte[][] _orders;
    private readonly DictionaryMerger _texts;
    private readonly List<SectionCursors> _rollups = [];
    private int _column;
    private int _project;
    private int _row;

    public MergingRows(KindSchema schema, BlockReader[] sources, long bytesPerRow, BlockScratch scratch, CancellationToken cancellationToken)
    {
        LargeArrayPool pool = scratch.Pool;
        Schema = schema;
        BytesPerRow = bytesPerRow;
        _pool = pool;
        _cursors = Array.ConvertAll(sources, source => new MergeCursor(source, pool));
        _texts = new DictionaryMerger(_cursors, pool, scratch.Throttle);
        _projects = ProjectsOf(sources);
        _orders = new byte[_projects.Length][];
        MergeCursor[] numbers = Array.ConvertAll(sources, source => new MergeCursor(source, pool));
        try
        {
            for (int i = 0; i < _projects.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _orders[i] = pool.Rent<byte>(_projects[i].RowCount);
                MergePermutation.Write(_cursors, numbers, schema, _projects[i].Pcode, _orders[i].AsSpan(0, _projects[i].RowCount), scratch.Throttle);
                RowCount += _projects[i].RowCount;
            }
        }
        finally
        {
            foreach (MergeCursor cursor in numbers)
            {
                cursor.Dispose();
            }
        }
    }

    public KindSchema Schema { get; }

    public long RowCount { get; }

    public IReadOnlyList<BlockProject> Projects => _projects;

    public long BytesPerRow { get; }

    public IReadOnlyList<IRollupStream> RollupsOf(long pcode)
    {
        ReleaseRollups();
        long bytes = 0;
        foreach (MergeCursor cursor in _cursors)
        {
            if (cursor.Columns.Index.Find(pcode) is { } section)
            {
                _rollups.Add(new SectionCursors(cursor.Columns, section, _pool));
                bytes += section.Rollups.Sum(rollup => rollup.Level == RollupLevel.FiveMinutes ? (long)rollup.Extent.Length : 0);
            }
        }

        return bytes <= MaxRollupBytes ? _rollups : [];
    }

    public bool Has(int column) => Array.Exists(_cursors, cursor => cursor.Columns.Index.Columns[column] is not null);

    public void OpenNumbers(int column) => Rewind(column);

    public void NextNumbers(Span<long> into)
    {
        ReadOnlySpan<byte> order = NextOrder(into.Length);
        while (!order.IsEmpty)
        {
            MergeCursor cursor = _cursors[order[0]];
            ReadOnlySpan<long> numbers = cursor.Numbers();
            int run = RunOf(order, numbers.Length);
            numbers[..run].CopyTo(into);
            cursor.Skip(run);
            into = into[run..];
            order = order[run..];
        }
    }

    public SymbolView? OpenTexts(int column)
    {
        Rewind(column);
        return _texts.Open(column, RowCount);
    }

    public SymbolView NextCodes(Span<int> into)
    {
        _texts.BeginChunk();
        ReadOnlySpan<byte> order = NextOrder(into.Length);
        while (!order.IsEmpty)
        {
            int source = order[0];
            ReadOnlySpan<int> codes = _cursors[source].Codes();
            int run = RunOf(order, codes.Length);
            _texts.Translate(source, codes[..run], into);
            _cursors[source].Skip(run);
            into = into[run..];
            order = order[run..];
        }

        return _texts.View();
    }

    public void Dispose()
    {
        foreach (MergeCursor cursor in _cursors)
        {
            cursor.Dispose();
        }

        ReleaseRollups();
        _texts.Dispose();
        foreach (byte[]? order in _orders)
        {
            if (order is not null)
            {
                _pool.Return(order);
            }
        }
    }

    private void ReleaseRollups()
    {
        foreach (SectionCursors cursors in _rollups)
        {
            cursors.Dispose();
        }

        _rollups.Clear();
    }

    private static int RunOf(ReadOnlySpan<byte> order, int available)
    {
        int same = order.IndexOfAnyExcept(order[0]);
        return Math.Min(available, same < 0 ? order.Length : same);
    }

    private void Rewind(int column)
    {
        _column = column;
        _project = -1;
        _row = 0;
    }

    private ReadOnlySpan<byte> NextOrder(int rows)
    {
        if (_project < 0 || _row == _projects[_project].RowCount)
        {
            _project++;
            _row = 0;
            foreach (MergeCursor cursor in _cursors)
            {
                cursor.Open(_column, _projects[_project].Pcode);
            }
        }

        _row += rows;
        return _orders[_project].AsSpan(_row - rows, rows);
    }

    private static BlockProject[] ProjectsOf(BlockReader[] sources)
    {
        SortedDictionary<long, int> rows = [];
        foreach (BlockReader source in sources)
        {
            foreach (SectionIndex section in source.Index.Sections)
            {
                rows[section.Pcode] = rows.GetValueOrDefault(section.Pcode) + section.RowCount;
            }
        }

        BlockProject[] projects = new BlockProject[rows.Count];
        int at = 0;
        foreach ((long pcode, int count) in rows)
        {
            projects[at++] = new BlockProject(pcode, count);
        }

        return projects;
    }
}
