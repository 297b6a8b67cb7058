using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Ingest.Receive;

/// <summary>One push of a protocol. Its methods are called once each, in the order in which they are here. Disposed last, whatever happened before.</summary>
internal interface IBatchRequest : IDisposable
{
    /// <summary>The protocol's name in metrics.</summary>
    string Protocol { get; }

    /// <summary>How large the body may be.</summary>
    BodyLimits Limits { get; }

    /// <summary>Whether the response waits until the samples are in the store.</summary>
    bool WaitsForStore => false;

    /// <summary>How long the sender waits from now on; null when it doesn't say.</summary>
    TimeSpan? TimeLeft => null;

    /// <summary>Finds what is to be decoded in what was sent, where something else is around it. Returns why the push is refused.</summary>
    IngestProblem? Open(ReadOnlyMemory<byte> sent, out ReadOnlyMemory<byte> body)
    {
        body = sent;
        return null;
    }

    /// <summary>How the body is compressed.</summary>
    BodyEncoding Encoding { get; }

    /// <summary>
    /// Decodes the whole body, inflated, into a builder. Returns why the body is refused as a whole; null when it is not. Where columns may come to a multiple
    /// of the body, it asks the reservation for more on the way, and ends when there is none.
    /// </summary>
    DecodeError? Decode(ReadOnlySpan<byte> body, SampleBatchBuilder into, MemoryReservation share);

    /// <summary>Waits for other pushes that have a part of this one, once it was decoded. Returns why it is refused; null when it goes on.</summary>
    ValueTask<IngestProblem?> WaitForOthersAsync() => ValueTask.FromResult<IngestProblem?>(null);

    /// <summary>The idempotency key of the push that was decoded; null when it has none.</summary>
    ResendKey? FindKey(AuthenticatedProject project);

    /// <summary>
    /// Called before a batch is submitted; not when there is no sample. Returns what is called once with the batch's final outcome, on any thread, before the
    /// response: also when the response has left before with <see cref="CommitOutcome.Delayed"/>, and then after <see cref="IDisposable.Dispose"/>. It must not
    /// block.
    /// </summary>
    Action<CommitOutcome>? BeginSubmit() => null;

    /// <summary>Writes the response: what became of the push, also when it is refused.</summary>
    Task RespondAsync(HttpContext context, IngestResult result);
}
