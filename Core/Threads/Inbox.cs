using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace TimeSeries.Core.Threads;

/// <summary>
/// What many threads give one thread to work on, in order. The thread has nothing else to do and sleeps while it is empty. It has no bound: whoever puts something in bounds what that holds.
/// Any thread may add, one takes and waits.
/// </summary>
internal class Inbox<T>
{
    private readonly Channel<T> _channel = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Doorbell _bell = new();

    /// <summary>Whether there is nothing to take. The taking thread asks.</summary>
    public bool IsEmpty => !_channel.Reader.TryPeek(out _);

    /// <summary>Puts something in; false once it is complete.</summary>
    public bool TryAdd(T item)
    {
        if (!_channel.Writer.TryWrite(item))
        {
            return false;
        }

        _bell.Ring();
        return true;
    }

    /// <summary>Takes what came first; false when it is empty.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item) => _channel.Reader.TryRead(out item);

    /// <summary>Sleeps while it is empty, or until it is rung; false once it is complete and empty.</summary>
    public bool Wait()
    {
        if (IsEmpty && !_channel.Reader.Completion.IsCompleted)
        {
            _bell.Wait();
        }

        return !IsEmpty || !_channel.Reader.Completion.IsCompleted;
    }

    /// <summary>Ends a wait though there is nothing to take.</summary>
    public void Ring() => _bell.Ring();

    /// <summary>Takes no more; what is in is still taken.</summary>
    public void Complete()
    {
        _channel.Writer.TryComplete();
        _bell.Ring();
    }
}
