using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TimeSeries.Core.Schema;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Storage</c>: where samples are kept and for how long.</summary>
public sealed partial class StorageOptions : IValidatableObject
{
    public const string Section = "Storage";

    [Description("Where samples are kept: embedded, in Storage:Directory, or influx, as influx.env says")]
    public StorageKind Kind { get; init; } = StorageKind.Embedded;

    [Description("Folder of WAL, blocks and token; relative to the working directory")]
    [RequiredValue]
    public string Directory { get; init; } = "data";

    [Description("Age at which samples are deleted, like 30d; none keeps them for ever")]
    [ValueRange("1h", "36500d")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan? Retention { get; init; }

    [Description("The same for one kind, like --Storage:Retentions:thread=7d")]
    [TypeConverter(typeof(DurationText.Converter))]
    public IReadOnlyDictionary<string, TimeSpan> Retentions { get; init; } = new Dictionary<string, TimeSpan>();

    [Description("Bytes of blocks at which the oldest are deleted; none sets no bound")]
    [ValueRange("1MiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long? MaxBytes { get; init; }

    // Large enough that a block holds minutes of a busy system, small enough that two heads fit in memory while one is sealed.
    [Description("Bytes of recent samples in memory at which they are sealed into blocks")]
    [ValueRange("1MiB", "1GiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long HeadBytes { get; init; } = 48L << 20;

    // A day of some ten million samples with all its rollups; more is worth its memory to who asks for more again and again.
    [Description("Memory for what queries have read of blocks, checked and mostly decoded; 0 keeps nothing")]
    [ValueRange("0", "1TiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long CacheBytes { get; init; } = 128L << 20;

    [Description("Free bytes of the disk below which the log and /readyz warn")]
    [ValueRange("0", "1TiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long LowDiskBytes { get; init; } = 1L << 30;

    [Description("In which time each block is read once, in the background, to find damage")]
    [ValueRange("1h", "365d")]
    [TypeConverter(typeof(DurationText.Converter))]
    public TimeSpan ScrubPeriod { get; init; } = TimeSpan.FromDays(7);

    [Description("Whether a block that is found damaged is moved to quarantine/, so that queries go on without it and say so")]
    [TypeConverter(typeof(FlagConverter))]
    public bool QuarantineDamaged { get; init; }

    [Description("What a start does that finds damage: continue with what is whole, or stop")]
    public LossAction OnLoss { get; init; } = LossAction.Continue;

    /// <summary>How long samples of a kind are kept; null keeps them always.</summary>
    public TimeSpan? RetentionOf(Kind kind)
    {
        foreach ((string name, TimeSpan retention) in Retentions)
        {
            if (string.Equals(name, SampleSchema.Of(kind).Name, StringComparison.OrdinalIgnoreCase))
            {
                return retention;
            }
        }

        return Retention;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == StorageKind.Influx && MaxBytes is not null)
        {
            yield return validationContext.Error(nameof(MaxBytes), "bounds the embedded store only; InfluxDB deletes by age");
        }

        foreach ((string name, TimeSpan retention) in Retentions)
        {
            if (SampleSchema.Find(name.ToLowerInvariant()) is null)
            {
                yield return validationContext.Error(
                    nameof(Retentions), $"'{name}' is no kind; the kinds are {string.Join(", ", SampleSchema.All.Select(kind => kind.Name))}");
            }
            else if (retention < TimeSpan.FromHours(1))
            {
                yield return validationContext.Error(nameof(Retentions), $"{name} must be at least 1h, not {DurationText.Format(retention)}");
            }
        }
    }

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<StorageOptions>;
}

/// <summary>Which store keeps the samples.</summary>
[TypeConverter(typeof(NameConverter<StorageKind>))]
public enum StorageKind
{
    /// <summary>Blocks in the storage directory, owned by one process.</summary>
    Embedded,

    /// <summary>InfluxDB, shared by any number of Ingest and Query processes.</summary>
    Influx,
}

/// <summary>What a start does when it finds damage in its files.</summary>
[TypeConverter(typeof(NameConverter<LossAction>))]
public enum LossAction
{
    /// <summary>It tells of it and goes on.</summary>
    Continue,

    /// <summary>It ends, and has changed nothing.</summary>
    Stop,
}
