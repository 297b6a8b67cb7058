namespace TimeSeries.Agent.Delivery;

/// <summary>
/// Takes batches to a server: over HTTP, unless the application registers another one before it adds the agent. Called by one caller at a time.
/// </summary>
public interface IBatchSender
{
    /// <summary>Makes of a body what is sent, once for all times that it is sent: compresses it, or leaves it as it is.</summary>
    /// <param name="body">A batch in MessagePack, as <c>docs/ingest.md</c> describes it. Its memory is used again afterwards.</param>
    ReadOnlyMemory<byte> Prepare(ReadOnlyMemory<byte> body);

    /// <summary>Sends a batch once.</summary>
    /// <param name="body">What <see cref="Prepare"/> returned.</param>
    /// <param name="cancellationToken">Ends the waiting; the batch may have arrived or not.</param>
    /// <returns>What the server said. An exception counts as no response at all: the batch is sent again.</returns>
    Task<SendResult> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}

/// <summary>What a server said of a batch.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Rejected">Samples that it rejected, of a batch that it took.</param>
/// <param name="Reason">Why the first of them was rejected, or why the batch was refused.</param>
/// <param name="RetryAfter">After how long the batch may be sent again, if the server said so.</param>
public readonly record struct SendResult(int Status, int Rejected = 0, string? Reason = null, TimeSpan? RetryAfter = null);
