using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Section <c>Log</c>: the durable log.</summary>
public sealed class LogOptions
{
    public const string Section = "Log";

    // Hours of a busy system in column form, so that a store that is away for a while costs nothing.
    [Description("Bytes that the log may hold before agents are told to wait (503)")]
    [Range(1L << 20, long.MaxValue)]
    public long MaxBytes { get; init; } = 8L << 30;
}
