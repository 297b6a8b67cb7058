using TimeSeries.Core.Threads;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// Valid batches on their way to the log: many requests add, the committer alone takes. It has no bound of its own: what is in it is bounded by bytes through <see cref="MemoryBudget"/>,
/// of which every batch holds its part.
/// </summary>
internal sealed class IngestQueue : Inbox<PendingBatch>;
