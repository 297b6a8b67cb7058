namespace TimeSeries.Benchmarks.Kills;

/// <summary>
/// One batch, with the same bytes however often it is sent. Its samples have a service of their own, so that they can be counted by it. Its state is changed by
/// the one client that sends it, and read when no client runs.
/// </summary>
/// <param name="Protocol">How it is sent.</param>
/// <param name="Round">When it was sent first; its samples lie in a second of that number.</param>
/// <param name="Service">The service of all its samples.</param>
internal sealed record TrackedPush(PushProtocol Protocol, int Round, string Service)
{
    /// <summary>Samples of a batch.</summary>
    public const int Samples = 100;

    /// <summary>What the durations of a batch's samples sum up to, in ms.</summary>
    public const long ElapsedSum = Samples * (Samples - 1L) / 2;

    // 1 January 2026: all samples are of the past, and none is too old.
    private const long FirstTime = 1_767_225_600_000;
    private const int MillisecondsPerRound = 1_000;

    /// <summary>What is sent; nothing once it was acknowledged.</summary>
    public byte[] Body { get; private set; } = [];

    /// <summary>How often it was sent.</summary>
    public int Sent { get; set; }

    /// <summary>Whether a response said that it is stored.</summary>
    public bool IsAcknowledged => AcknowledgedAt < double.MaxValue;

    /// <summary>When the response said so, in seconds since the Unix epoch; later than any time where none did.</summary>
    public double AcknowledgedAt { get; private set; } = double.MaxValue;

    /// <summary>A batch with its bytes.</summary>
    public static TrackedPush Of(PushProtocol protocol, int round, string service, byte[] body) => new(protocol, round, service) { Body = body };

    /// <summary>Notes that it is stored.</summary>
    public void Acknowledge()
    {
        AcknowledgedAt = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        Body = [];
    }

    /// <summary>The time at which the samples of a round begin.</summary>
    public static long TimeOf(int round) => FirstTime + (long)round * MillisecondsPerRound;
}
