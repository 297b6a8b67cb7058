using System.Collections.Concurrent;

namespace TimeSeries.Core.Model;

/// <summary>Emptied batches with their memory, for use again. Thread safe.</summary>
public sealed class SampleBatchPool
{
    // Enough for the batches that are decoded, committed and applied at one time on a few cores; more are left to the collector.
    private const int MaxBatches = 32;

    // A batch that one huge request blew up is not worth keeping.
    private const long MaxBatchBytes = 32L << 20;

    private readonly ConcurrentBag<SampleBatch> _batches = [];

    public SampleBatch Rent() => _batches.TryTake(out SampleBatch? batch) ? batch : new SampleBatch();

    public void Return(SampleBatch batch)
    {
        if (_batches.Count < MaxBatches && batch.AllocatedBytes <= MaxBatchBytes)
        {
            batch.Clear();
            _batches.Add(batch);
        }
    }
}
