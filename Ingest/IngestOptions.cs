using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Ingest;

/// <summary>Section <c>Ingest</c>: what a push may cost, and what is remembered of it.</summary>
public sealed partial class IngestOptions : IValidatableObject
{
    public const string Section = "Ingest";

    // What a batch holds at most beside its body as sent: the inflated body, and its columns while it is decoded, which take about twice as much.
    private const int InflatedShares = 3;

    [Description("Largest body as sent")]
    [ValueRange("1KiB", "1GiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long MaxRequestBytes { get; init; } = 16L << 20;

    [Description("Largest body inflated")]
    [ValueRange("1KiB", "1GiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long MaxInflatedBytes { get; init; } = 64L << 20;

    [Description("Memory for all batches in flight; more are told to wait (429)")]
    [ValueRange("4KiB", "1TiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long QueueBytes { get; init; } = 208L << 20;

    [Description("How far ahead of this clock a sample's time may be")]
    [ValueRange("0s", "365d")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan MaxFutureSkew { get; init; } = TimeSpan.FromMinutes(10);

    [Description("How long an idempotency key is remembered")]
    [ValueRange("1s", "30d")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan IdWindow { get; init; } = TimeSpan.FromHours(1);

    [Description("Longest that a push waits for the WAL and the store; then it is 503, or with wait=stored told so")]
    [ValueRange("100ms", "10m")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan StoredTimeout { get; init; } = TimeSpan.FromSeconds(10);

    // More than anybody runs; each takes some 60 bytes.
    [Description("Most agents that a project has samples of in a UTC day; samples of more are rejected")]
    [ValueRange("1", "10000000")]
    public int MaxAgents { get; init; } = 100_000;

    [Description("Project whose tokens with scope admin may back up all projects; default the host's own, or the only one there is")]
    [ValueRange("1", "9223372036854775807")]
    public long? BackupPcode { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        long needed = MaxRequestBytes + InflatedShares * MaxInflatedBytes;
        if (QueueBytes < needed)
        {
            yield return validationContext.Error(
                nameof(QueueBytes),
                $"must be at least {ByteSize.Format(needed)} (MaxRequestBytes + {InflatedShares} × MaxInflatedBytes), so that the largest batch fits");
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<IngestOptions>;
}
