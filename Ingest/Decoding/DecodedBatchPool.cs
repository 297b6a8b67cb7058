using System.Collections.Concurrent;

namespace TimeSeries.Ingest.Decoding;

/// <summary>What was decoded, for use again without its columns, which have a pool of their own. Thread safe.</summary>
internal sealed class DecodedBatchPool
{
    // As many as requests decode and wait at one time on a busy host; more are left to the collector.
    private const int MaxBatches = 64;

    private readonly ConcurrentBag<DecodedBatch> _batches = [];

    public DecodedBatch Rent() => _batches.TryTake(out DecodedBatch? batch) ? batch : new DecodedBatch();

    public void Return(DecodedBatch batch)
    {
        if (_batches.Count < MaxBatches)
        {
            _batches.Add(batch);
        }
    }
}
