using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Ingest;

/// <summary>Section <c>Ingest</c>: what a push may cost, and what is remembered of it.</summary>
public sealed class IngestOptions : IValidatableObject
{
    public const string Section = "Ingest";

    // What a batch holds at most beside its body as sent: the inflated body, and its columns while it is decoded, which take about twice as much.
    private const int InflatedShares = 3;

    [Description("Largest body as sent")]
    [Range(1L << 10, 1L << 30)]
    public long MaxRequestBytes { get; init; } = 16L << 20;

    [Description("Largest body inflated")]
    [Range(1L << 10, 1L << 30)]
    public long MaxInflatedBytes { get; init; } = 64L << 20;

    [Description("Memory for all batches in flight; more are told to wait (429)")]
    [Range(1L << 12, 1L << 40)]
    public long QueueBytes { get; init; } = 256L << 20;

    [Description("How far ahead of this clock a sample's time may be")]
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan MaxFutureSkew { get; init; } = TimeSpan.FromMinutes(10);

    [Description("How long an idempotency key is remembered")]
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan IdWindow { get; init; } = TimeSpan.FromHours(1);

    [Description("Longest that wait=stored waits for the store")]
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan StoredTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        long needed = MaxRequestBytes + InflatedShares * MaxInflatedBytes;
        if (QueueBytes < needed)
        {
            yield return new ValidationResult(
                $"must be at least {ByteSize.Format(needed)} (MaxRequestBytes + {InflatedShares} × MaxInflatedBytes), so that the largest batch fits",
                [nameof(QueueBytes)]);
        }
    }
}
