using System.ComponentModel;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Wal</c>: the write-ahead log.</summary>
public sealed partial class WalOptions
{
    public const string Section = "Wal";

    /// <summary>The name of the section in earlier versions, which is still read.</summary>
    public const string FormerSection = "Log";

    // Hours of a busy system in column form, so that a store that is away for a while costs nothing.
    [Description("Bytes that the WAL may hold before agents are told to wait (503); if not set, Log:MaxBytes, its former name, applies")]
    [ValueRange("1MiB")]
    [TypeConverter(typeof(ByteSize.Converter))]
    public long MaxBytes { get; init; } = 8L << 30;

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<WalOptions>;
}
