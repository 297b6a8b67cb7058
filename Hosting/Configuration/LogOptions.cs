using System.ComponentModel;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Log</c>: the durable log.</summary>
public sealed partial class LogOptions
{
    public const string Section = "Log";

    // Hours of a busy system in column form, so that a store that is away for a while costs nothing.
    [Description("Bytes that the log may hold before agents are told to wait (503)")]
    [ValueRange("1MiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long MaxBytes { get; init; } = 8L << 30;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<LogOptions>;
}
