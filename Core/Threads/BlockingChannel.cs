using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace TimeSeries.Core.Threads;

/// <summary>
/// A channel whose one reader is a <see cref="DedicatedThread"/> that sleeps while it is empty. It has no bound: whoever writes bounds the bytes in it.
/// Any thread may write or ring; one reads and waits.
/// </summary>
internal class BlockingChannel<T>
{
    private readonly Channel<T> _channel = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });

    // Guards _isRung. A thread that blocks on WaitToReadAsync would be woken up by way of the thread pool.
    private readonly object _bell = new();
    private bool _isRung;

    /// <summary>Whether there is nothing to read. Only the reader may call this.</summary>
    public bool IsEmpty => !_channel.Reader.TryPeek(out _);

    /// <summary>Writes an item; false after completion.</summary>
    public bool TryWrite(T item)
    {
        if (!_channel.Writer.TryWrite(item))
        {
            return false;
        }

        Ring();
        return true;
    }

    /// <summary>Reads the first item; false when the channel is empty.</summary>
    public bool TryRead([MaybeNullWhen(false)] out T item) => _channel.Reader.TryRead(out item);

    /// <summary>Sleeps until there is something to read, or until a ring; false when the channel is complete and empty.</summary>
    public bool WaitToRead()
    {
        if (IsEmpty && !_channel.Reader.Completion.IsCompleted)
        {
            Sleep();
        }

        return !IsEmpty || !_channel.Reader.Completion.IsCompleted;
    }

    /// <summary>Ends a wait though there is nothing to read. A ring without a wait ends the next one; several such rings count as one.</summary>
    public void Ring()
    {
        lock (_bell)
        {
            _isRung = true;
            Monitor.Pulse(_bell);
        }
    }

    /// <summary>Refuses further items; those inside can still be read.</summary>
    public void Complete()
    {
        _channel.Writer.TryComplete();
        Ring();
    }

    private void Sleep()
    {
        lock (_bell)
        {
            while (!_isRung)
            {
                Monitor.Wait(_bell);
            }

            _isRung = false;
        }
    }
}
