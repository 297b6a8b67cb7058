using System.Threading.Channels;

namespace TimeSeries.Agent.Delivery;

/// <summary>
/// The samples that wait for their batch: a bounded channel that drops the oldest when it is full. Adding never waits and allocates nothing. Thread safe, with
/// one reader.
/// </summary>
internal sealed class SampleQueue
{
    private readonly Channel<QueuedSample> _channel;
    private readonly Channel<bool> _full = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly int _batch;
    private long _collected;
    private long _dropped;
    private long _waiting;

    /// <param name="capacity">Samples that may wait.</param>
    /// <param name="batch">Samples at which the reader is woken up.</param>
    public SampleQueue(int capacity, int batch)
    {
        _batch = Math.Min(batch, capacity);
        _channel = Channel.CreateBounded<QueuedSample>(
            new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }, OnDropped);

        // The channel's room grows when it is first used; that must cost no request anything.
        for (int i = 0; i < capacity; i++)
        {
            _channel.Writer.TryWrite(default);
        }

        while (_channel.Reader.TryRead(out _))
        {
        }
    }

    public long Collected => Volatile.Read(ref _collected);

    public long Dropped => Volatile.Read(ref _dropped);

    public long Waiting => Volatile.Read(ref _waiting);

    /// <summary>Adds a sample.</summary>
    public void Add(in QueuedSample sample)
    {
        Interlocked.Increment(ref _collected);
        long waiting = Interlocked.Increment(ref _waiting);
        _channel.Writer.TryWrite(sample);
        if (waiting == _batch)
        {
            _full.Writer.TryWrite(true);
        }
    }

    /// <summary>Takes the oldest samples, as many as there is room for.</summary>
    /// <returns>How many were taken.</returns>
    public int Take(Span<QueuedSample> into)
    {
        int taken = 0;
        while (taken < into.Length && _channel.Reader.TryRead(out into[taken]))
        {
            taken++;
        }

        Interlocked.Add(ref _waiting, -taken);
        return taken;
    }

    /// <summary>Counts samples as dropped that were taken already.</summary>
    public void Drop(int count) => Interlocked.Add(ref _dropped, count);

    /// <summary>Drops all that wait.</summary>
    public void DropAll()
    {
        int dropped = 0;
        while (_channel.Reader.TryRead(out _))
        {
            dropped++;
        }

        Interlocked.Add(ref _waiting, -dropped);
        Drop(dropped);
    }

    /// <summary>Waits until a batch is full or the time is over.</summary>
    public async Task WaitAsync(TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (Waiting >= _batch)
        {
            return;
        }

        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_full.Reader.WaitToReadAsync(ended.Token).AsTask(), Task.Delay(timeout, clock, ended.Token)).ConfigureAwait(false);
        _full.Reader.TryRead(out _);
        await ended.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void OnDropped(QueuedSample dropped)
    {
        Interlocked.Increment(ref _dropped);
        Interlocked.Decrement(ref _waiting);
    }
}
