using System.Threading.Channels;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>Lets one caller work at a time, in the order in which they came. Holds nothing to dispose of, so what has one may simply be let go. Thread safe.</summary>
internal sealed class FifoLock
{
    private readonly Channel<bool> _free = Channel.CreateBounded<bool>(1);

    public FifoLock() => End();

    /// <summary>Waits for the turn, which <see cref="End"/> must end.</summary>
    public ValueTask<bool> BeginAsync(CancellationToken cancellationToken) => _free.Reader.ReadAsync(cancellationToken);

    public void End() => _free.Writer.TryWrite(true);
}
