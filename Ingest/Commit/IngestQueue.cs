using TimeSeries.Core.Threads;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// Valid batches that wait for the log: many requests write, the committer alone reads. It has no bound of its own:
/// every batch in it holds a part of the <see cref="MemoryBudget"/>, which bounds the bytes.
/// </summary>
internal sealed class IngestQueue : BlockingChannel<PendingBatch>;
