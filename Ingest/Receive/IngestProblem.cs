using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Receive;

/// <summary>Why a push is not taken: a status that says what the agent should do, and a sentence.</summary>
internal sealed record IngestProblem(int Status, string Detail)
{
    /// <summary>Why the WAL takes nothing: its bound, the disk's, or a fault.</summary>
    public const string LogFull = "the WAL is full (Wal:MaxBytes)";

    /// <inheritdoc cref="LogFull"/>
    public const string DiskFull = "the disk is full";

    /// <inheritdoc cref="LogFull"/>
    public const string LogUnavailable = "the WAL can't be written";

    // Long enough for a few flushes, short enough that an agent's own buffer does not fill.
    private const int QueueRetrySeconds = 1;

    // A log or store that fails is tried again every second; a full disk takes longer.
    private const int FaultRetrySeconds = 5;

    /// <summary>Seconds after which the agent should send again; null when it should not.</summary>
    public int? RetryAfterSeconds
    {
        get => field ?? Status switch
        {
            StatusCodes.Status429TooManyRequests => QueueRetrySeconds,
            StatusCodes.Status408RequestTimeout => BodyFault.RetrySeconds,
            StatusCodes.Status503ServiceUnavailable => FaultRetrySeconds,
            _ => null,
        };
        init;
    }

    /// <summary>Where in the body the trouble is, when it is a place.</summary>
    public long? ByteOffset { get; init; }

    /// <summary>The envelope key, kind or field concerned.</summary>
    public string? Field { get; init; }

    public static IngestProblem QueueFull { get; } =
        new(StatusCodes.Status429TooManyRequests, "Too much is in flight (Ingest:QueueBytes). Send the batch again later.");

    public static IngestProblem Stopping { get; } = new(StatusCodes.Status503ServiceUnavailable, "The server is shutting down. Send the batch again later.");

    public static IngestProblem Failed { get; } =
        new(StatusCodes.Status500InternalServerError, "The server failed to answer; its log says why.");

    public static IngestProblem Delayed { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        "The batch was not stored within Ingest:StoredTimeout. It may be later: send it again with the same id, which stores it once.");

    public static IngestProblem Unavailable(string reason) =>
        new(StatusCodes.Status503ServiceUnavailable, $"The batch was not taken: {reason}. Send it again later.");
}
