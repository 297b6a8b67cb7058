using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Ingest.Commit;

/// <summary>What became of a batch, with the counts for its answer.</summary>
internal readonly record struct CommitResult(CommitOutcome Outcome, BatchCounts Counts, LogPosition Position);
