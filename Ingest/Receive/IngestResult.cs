using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Ingest.Receive;

/// <summary>What became of a push, for the protocol to tell in its own way.</summary>
internal sealed record IngestResult
{
    /// <summary>Why the push as a whole is refused; null when it is not.</summary>
    public IngestProblem? Problem { get; init; }

    /// <summary>Whether any sample could be used; if not, nothing was stored.</summary>
    public bool HasSamples { get; init; }

    /// <summary>How the samples fared. Of a repeat: how they fared the first time.</summary>
    public BatchCounts Counts { get; init; }

    /// <summary>Whether the push repeats one that was taken before.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>The first samples that were rejected, and why.</summary>
    public IReadOnlyList<SampleError> Errors { get; init; } = [];

    /// <summary>Whether the samples are in the store; null when that was not waited for, or is the same as durable.</summary>
    public bool? IsStored { get; init; }

    /// <summary>Where the batch is in the WAL; empty when nothing was stored.</summary>
    public string Position { get; init; } = "";

    public static IngestResult Refused(IngestProblem problem) => new() { Problem = problem };
}

/// <summary>Why a push is not taken: a status that says what the agent should do, and a sentence.</summary>
internal sealed record IngestProblem(int Status, string Detail)
{
    // Long enough for a few flushes, short enough that an agent's own buffer does not fill.
    private const int QueueRetrySeconds = 1;

    // A log or store that fails is tried again every second; a full disk takes longer.
    private const int FaultRetrySeconds = 5;

    /// <summary>Seconds after which the agent should send again; null when it should not.</summary>
    public int? RetryAfterSeconds => Status switch
    {
        StatusCodes.Status429TooManyRequests => QueueRetrySeconds,
        StatusCodes.Status503ServiceUnavailable => FaultRetrySeconds,
        _ => null,
    };

    /// <summary>Where in the body the trouble is, when it is a place.</summary>
    public long? ByteOffset { get; init; }

    /// <summary>The envelope key, kind or field concerned.</summary>
    public string? Field { get; init; }

    public static IngestProblem QueueFull { get; } =
        new(StatusCodes.Status429TooManyRequests, "Too much is in flight (Ingest:QueueBytes). Send the batch again later.");

    public static IngestProblem Stopping { get; } = new(StatusCodes.Status503ServiceUnavailable, "The server is shutting down. Send the batch again later.");

    public static IngestProblem Unavailable(string reason) =>
        new(StatusCodes.Status503ServiceUnavailable, $"The batch was not taken: {reason}. Send it again later.");
}
