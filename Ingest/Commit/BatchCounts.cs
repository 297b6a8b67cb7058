namespace TimeSeries.Ingest.Commit;

/// <summary>How many samples of a batch fared how, as its answer says; remembered with its idempotency key.</summary>
internal readonly record struct BatchCounts(int Accepted, int Rejected, int Duplicates, int Truncated);
