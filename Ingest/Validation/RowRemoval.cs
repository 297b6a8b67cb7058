using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Validation;

/// <summary>Takes rows out of columns, keeping the order of the others.</summary>
internal static class RowRemoval
{
    /// <summary>Removes rows (ascending, each once) of a kind from a batch: for the committer, which finds the duplicates of alerts.</summary>
    public static void Remove(ValidBatch batch, Kind kind, ReadOnlySpan<int> rows) => throw new NotImplementedException();
}
