using System.Collections.Concurrent;
using TimeSeries.Core.Memory;

namespace TimeSeries.Core.Model.Samples;

/// <summary>Emptied batches with their memory, for use again, within a bound of bytes. Thread safe.</summary>
public sealed class SampleBatchPool
{
    // Enough for the batches that are decoded, committed and applied at one time on a few cores; more are left to the collector.
    private const int MaxBatches = 32;

    // Some eight batches of ten thousand samples. One that a huge request blew up would hold its memory beside that of a small one, which counts for it.
    private const long MaxBytes = 32L << 20;
    private const long MaxBatchBytes = MaxBytes / 4;

    // The arrays of such a batch, and those that columns grow out of: garbage of this size waits until it is several times what lives.
    private const long MaxArrayBytes = 32L << 20;

    private readonly ConcurrentBag<SampleBatch> _batches = [];
    private readonly LargeArrayPool _arrays = new(MaxArrayBytes);
    private long _bytes;

    public SampleBatch Rent()
    {
        if (!_batches.TryTake(out SampleBatch? batch))
        {
            return new SampleBatch(_arrays);
        }

        Interlocked.Add(ref _bytes, -batch.AllocatedBytes);
        return batch;
    }

    public void Return(SampleBatch batch)
    {
        long bytes = batch.AllocatedBytes;
        if (_batches.Count >= MaxBatches || bytes > MaxBatchBytes)
        {
            batch.Release();
            _arrays.EndRound();
            return;
        }

        if (Interlocked.Add(ref _bytes, bytes) > MaxBytes)
        {
            Interlocked.Add(ref _bytes, -bytes);
            batch.Release();
            return;
        }

        batch.Clear();
        _batches.Add(batch);
    }
}
