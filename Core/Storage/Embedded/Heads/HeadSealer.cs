using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Maintenance;

namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>Turns a frozen head into blocks, one of each kind that it has, all named by one manifest.</summary>
internal sealed class HeadSealer
{
    private readonly BlockCatalog _catalog;
    private readonly Func<long, long> _apdexThresholdMicroseconds;
    private readonly SealThrottle _pace;
    private readonly BlockScratch _scratch;

    // What a failed attempt at the same head has written already.
    private readonly List<BlockEntry> _written = [];
    private Head? _head;

    /// <param name="catalog">Where the blocks go.</param>
    /// <param name="apdexThresholdMicroseconds">The apdex threshold of a project.</param>
    /// <param name="pace">When to let requests go first.</param>
    public HeadSealer(BlockCatalog catalog, Func<long, long> apdexThresholdMicroseconds, SealThrottle pace)
    {
        _catalog = catalog;
        _apdexThresholdMicroseconds = apdexThresholdMicroseconds;
        _pace = pace;
        _scratch = new BlockScratch(catalog.Stock, pace);
    }

    /// <summary>Seals a head. When it throws the head stays as it was, and the next attempt goes on where this one failed.</summary>
    public void Seal(Head head, CancellationToken cancellationToken)
    {
        if (_head != head)
        {
            _head = head;
            _written.Clear();
        }

        _pace.Begin(head.RowCount);
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (_written.Exists(block => block.Kind == schema.Kind))
            {
                continue;
            }

            HeadTable[] tables = head.TablesOf(schema.Kind);
            if (tables.Length > 0)
            {
                using HeadRows rows = new(schema, tables, _catalog.Stock, _pace);
                _written.Add(_catalog.Create(rows, _scratch, _apdexThresholdMicroseconds, cancellationToken));
            }
        }

        try
        {
            _catalog.Commit(_written, [], head, _pace);
            _pace.End();
        }
        finally
        {
            // After a failed commit the files may or may not be named: the next attempt writes new ones.
            _head = null;
            _written.Clear();
        }
    }
}
