using System.Threading.Channels;

namespace TimeSeries.Ingest.Pipeline;

/// <summary>
/// Valid batches on their way to the log. The channel itself has no bound: what is in it is bounded by bytes through <see cref="ByteBudget"/>,
/// of which every batch holds its part. Many requests write, the committer alone reads. A request whose batch finds the committer idle runs it: no other
/// thread has to wake up before the flush, nor one for the answer after it.
/// </summary>
internal sealed class IngestQueue
{
    private readonly Channel<PendingBatch> _channel = Channel.CreateUnbounded<PendingBatch>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    public ChannelReader<PendingBatch> Reader => _channel.Reader;

    /// <summary>Puts a batch in; false once the host stops.</summary>
    public bool TryAdd(PendingBatch batch) => _channel.Writer.TryWrite(batch);

    /// <summary>Takes no more; what is in is still read.</summary>
    public void Complete() => _channel.Writer.TryComplete();
}
