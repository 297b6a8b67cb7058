using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Shipping;

/// <summary>Keeps records from a shared store until this process is known to be the only one of its node, and knows how far they went. Thread safe.</summary>
internal sealed class ShippingGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards _nextNumber, and what is done for it.
    private readonly Lock _lock = new();
    private long _nextNumber;

    /// <summary>Completes when records may go to the store.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The sequence number behind all samples that may be in the store.</summary>
    public long NextNumber
    {
        get
        {
            lock (_lock)
            {
                return _nextNumber;
            }
        }
    }

    /// <summary>Opens the gate; samples before a number may be in the store from an earlier start.</summary>
    public void Open(long nextNumber)
    {
        lock (_lock)
        {
            _nextNumber = Math.Max(_nextNumber, nextNumber);
        }

        _opened.TrySetResult();
    }

    /// <summary>A record goes to the store.</summary>
    public void Pass(in RecordHeader header)
    {
        lock (_lock)
        {
            _nextNumber = Math.Max(_nextNumber, header.FirstNumber + header.RowCount);
        }
    }

    /// <summary>Does something for the samples from the next number on, while none of them passes.</summary>
    public void Split(Action<long> begin)
    {
        lock (_lock)
        {
            begin(_nextNumber);
        }
    }
}
