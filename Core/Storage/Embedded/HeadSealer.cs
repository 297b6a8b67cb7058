using TimeSeries.Core.Schema;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>Turns a frozen head into blocks, one of each kind that it has, all named by one manifest.</summary>
internal sealed class HeadSealer(BlockCatalog catalog, Func<long, long> apdexThresholdMicroseconds, WorkPace pace)
{
    // What a failed attempt at the same head has written already.
    private readonly List<BlockEntry> _written = [];
    private readonly BlockScratch _scratch = new(catalog.Stock, pace);
    private Head? _head;

    /// <summary>Seals a head. When it throws the head stays as it was, and the next attempt goes on where this one failed.</summary>
    public void Seal(Head head, CancellationToken cancellationToken)
    {
        if (_head != head)
        {
            _head = head;
            _written.Clear();
        }

        foreach (KindSchema schema in SampleSchema.All)
        {
            if (_written.Exists(block => block.Kind == schema.Kind))
            {
                continue;
            }

            HeadTable[] tables = head.TablesOf(schema.Kind);
            if (tables.Length > 0)
            {
                using HeadRows rows = new(schema, tables, catalog.Stock, pace);
                _written.Add(catalog.Create(rows, _scratch, apdexThresholdMicroseconds, cancellationToken));
            }
        }

        try
        {
            catalog.Commit(_written, [], head);
        }
        finally
        {
            // After a failed commit the files may or may not be named: the next attempt writes new ones.
            _head = null;
            _written.Clear();
        }
    }
}
