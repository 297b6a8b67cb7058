using System.Threading.Channels;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Batches on their way to InfluxDB, bounded by bytes. Several are sent at a time and confirmed in order: <see cref="ConfirmedThrough"/> never
/// passes an unconfirmed batch. Thread safe.
/// </summary>
internal sealed class SendQueue(long maxBytes, LogPosition confirmedThrough)
{
    private readonly Channel<LineBatch> _channel = Channel.CreateUnbounded<LineBatch>();

    // Guards everything below.
    private readonly Lock _lock = new();
    private readonly Dictionary<long, LogPosition> _early = [];
    private TaskCompletionSource _changed = NewSignal();
    private long _bytes;
    private long _last;
    private long _confirmed;
    private long _confirmedThrough = confirmedThrough.Offset;

    public ChannelReader<LineBatch> Reader => _channel.Reader;

    /// <summary>Everything in the log through here is in InfluxDB.</summary>
    public LogPosition ConfirmedThrough => new(Volatile.Read(ref _confirmedThrough));

    /// <summary>Number of the batch that was added last.</summary>
    public long Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Adds a batch, which is the queue's from now on, once there is room.</summary>
    public async ValueTask AddAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        while (TryAdd(batch) is { } changed)
        {
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>InfluxDB has the batch, or what it refused of it is kept.</summary>
    public void Confirm(LineBatch batch)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _bytes -= batch.Length;
            _early.Add(batch.Sequence, batch.Through);
            while (_early.Remove(_confirmed + 1, out LogPosition through))
            {
                _confirmed++;
                Volatile.Write(ref _confirmedThrough, Math.Max(_confirmedThrough, through.Offset));
            }

            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    /// <summary>Completes when a batch and all before it are confirmed.</summary>
    public Task WaitAsync(long sequence, CancellationToken cancellationToken) => WaitAsync(() => _confirmed >= sequence, cancellationToken);

    /// <summary>Completes when the log is confirmed through a position.</summary>
    public Task WaitAsync(LogPosition through, CancellationToken cancellationToken) => WaitAsync(() => _confirmedThrough >= through.Offset, cancellationToken);

    private async Task WaitAsync(Func<bool> isReached, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (isReached())
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Null when the batch was added; else a task that completes when there may be room. A batch larger than the bound goes alone.
    private Task? TryAdd(LineBatch batch)
    {
        lock (_lock)
        {
            if (_bytes > 0 && _bytes + batch.Length > maxBytes)
            {
                return _changed.Task;
            }

            _bytes += batch.Length;
            batch.Sequence = ++_last;
            _channel.Writer.TryWrite(batch);
            return null;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
