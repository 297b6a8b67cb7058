using System.Collections.Concurrent;

namespace TimeSeries.Core.Model.Samples;

/// <summary>Emptied batches with their memory, for use again, within a bound of bytes. Thread safe.</summary>
public sealed class SampleBatchPool
{
    // Enough for the batches that are decoded, committed and applied at one time on a few cores; more are left to the collector.
    private const int MaxBatches = 32;

    // Some sixteen batches of ten thousand samples; one that a huge request blew up is not worth keeping.
    private const long MaxBytes = 64L << 20;
    private const long MaxBatchBytes = MaxBytes / 4;

    private readonly ConcurrentBag<SampleBatch> _batches = [];
    private long _bytes;

    public SampleBatch Rent()
    {
        if (!_batches.TryTake(out SampleBatch? batch))
        {
            return new SampleBatch();
        }

        Interlocked.Add(ref _bytes, -batch.AllocatedBytes);
        return batch;
    }

    public void Return(SampleBatch batch)
    {
        long bytes = batch.AllocatedBytes;
        if (_batches.Count >= MaxBatches || bytes > MaxBatchBytes)
        {
            return;
        }

        if (Interlocked.Add(ref _bytes, bytes) > MaxBytes)
        {
            Interlocked.Add(ref _bytes, -bytes);
            return;
        }

        batch.Clear();
        _batches.Add(batch);
    }
}
