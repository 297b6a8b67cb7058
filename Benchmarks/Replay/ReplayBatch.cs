using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>Samples of one kind that are sent together.</summary>
/// <param name="Number">Place in the replay, from 0.</param>
/// <param name="Kind">The kind of all of them.</param>
/// <param name="Columns">The samples.</param>
/// <param name="LastTime">The time of the last in ms, before any shift.</param>
internal sealed record ReplayBatch(long Number, KindSchema Kind, WireColumn[] Columns, long LastTime)
{
    public int RowCount => Columns[0].Count;
}
