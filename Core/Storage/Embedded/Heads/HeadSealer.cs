using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Maintenance;

namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>Turns a frozen head into blocks, one of each kind that it has, all named by one manifest.</summary>
internal sealed class HeadSealer(StoreContext context, BlockCatalog catalog, SealThrottle throttle)
{
    private readonly BlockScratch _scratch = new(context, throttle);

    // What a failed attempt at the same head has written already.
    private readonly List<BlockEntry> _written = [];
    private Head? _head;

    /// <summary>Seals a head. When it throws the head stays as it was, and the next attempt goes on where this one failed.</summary>
    public void Seal(Head head, CancellationToken cancellationToken)
    {
        if (_head != head)
        {
            _head = head;
            _written.Clear();
        }

        throttle.Begin(head.RowCount);
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (_written.Exists(block => block.Kind == schema.Kind))
            {
                continue;
            }

            HeadTable[] tables = head.TablesOf(schema.Kind);
            if (tables.Length > 0)
            {
                using HeadRows rows = new(schema, tables, _scratch);
                _written.Add(catalog.Create(rows, _scratch, cancellationToken));
            }
        }

        try
        {
            catalog.Commit(_written, [], head, throttle);
            throttle.End();
        }
        finally
        {
            // After a failed commit the files may or may not be named: the next attempt writes new ones.
            _head = null;
            _written.Clear();
        }
    }
}
