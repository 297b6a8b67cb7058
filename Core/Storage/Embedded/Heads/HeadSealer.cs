using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Maintenance;

namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>
/// Turns a frozen head into blocks, one of each kind that it has, all named by one manifest. The project that is kept apart has blocks of its own.
/// </summary>
internal sealed class HeadSealer(StoreContext context, BlockCatalog catalog, SealThrottle throttle)
{
    private readonly BlockScratch _scratch = new(context, throttle);

    // What a failed attempt at the same head has written already.
    private readonly List<BlockEntry> _written = [];
    private readonly HashSet<(Kind Kind, bool IsApart)> _parts = [];
    private Head? _head;

    /// <summary>Seals a head. When it throws the head stays as it was, and the next attempt goes on where this one failed.</summary>
    public void Seal(Head head, CancellationToken cancellationToken)
    {
        if (_head != head)
        {
            _head = head;
            _written.Clear();
            _parts.Clear();
        }

        throttle.Begin(head.RowCount);
        foreach (KindSchema schema in SampleSchema.All)
        {
            HeadTable[] tables = head.TablesOf(schema.Kind);
            Write(schema, tables, isApart: false, cancellationToken);
            Write(schema, tables, isApart: true, cancellationToken);
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
            _parts.Clear();
        }
    }

    private void Write(KindSchema schema, HeadTable[] ofKind, bool isApart, CancellationToken cancellationToken)
    {
        HeadTable[] tables = Array.FindAll(ofKind, table => table.Pcode == context.Options.Apart?.Pcode == isApart);
        if (tables.Length > 0 && !_parts.Contains((schema.Kind, isApart)))
        {
            using HeadRows rows = new(schema, tables, _scratch);
            _written.Add(catalog.Create(rows, _scratch, cancellationToken));
            _parts.Add((schema.Kind, isApart));
        }
    }
}
