using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>
/// Follows what the embedded store takes, by sequence numbers: samples can be queried in their order, so those after the last one seen are new. Only chunks
/// with such numbers are read.
/// </summary>
internal sealed class StoreTail(EmbeddedStore store, ListQuery query, TimeProvider clock) : ISampleTail
{
    private long _seen = store.QueryableNumber;

    public ValueTask<SampleList> NextAsync(CancellationToken cancellationToken)
    {
        // Before the snapshot is taken, which then has all of them.
        long through = store.QueryableNumber;
        ListQuery next = query with
        {
            Range = ISampleTail.RangeAt(clock.GetUtcNow()),
            Order = ListOrder.LastArrivalFirst,
            Offset = 0,
            After = null,
            CountTotal = true,
        };
        SampleList list = store.List(next, new ArrivalFilter(_seen, through), cancellationToken);
        _seen = through;
        return ValueTask.FromResult(list);
    }
}

/// <summary>Keeps samples by their sequence numbers.</summary>
/// <param name="seen">Only greater ones are kept.</param>
/// <param name="through">The greatest one kept.</param>
internal sealed class ArrivalFilter(long seen, long through) : RowFilter
{
    public long Seen => seen;

    public override void Apply(IColumnChunk chunk, SelectionVector selection)
    {
        ReadOnlySpan<long> numbers = ((IIdentifiedChunk)chunk).SequenceNumbers;
        int kept = 0;
        for (int i = 0; i < selection.Count; i++)
        {
            int row = selection.Rows[i];
            selection.Rows[kept] = row;
            kept += numbers[row] > seen && numbers[row] <= through ? 1 : 0;
        }

        selection.Count = kept;
    }
}
