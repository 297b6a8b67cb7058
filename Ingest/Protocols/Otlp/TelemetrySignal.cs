namespace TimeSeries.Ingest.Protocols.Otlp;

/// <summary>What a request of OTLP holds.</summary>
internal enum TelemetrySignal : byte
{
    Traces,
    Metrics,
    Logs,
}

/// <summary>Names of signals.</summary>
internal static class TelemetrySignals
{
    public static IReadOnlyList<TelemetrySignal> All { get; } = Enum.GetValues<TelemetrySignal>();

    /// <summary>The name in paths and metrics.</summary>
    public static string NameOf(TelemetrySignal signal) => signal switch
    {
        TelemetrySignal.Traces => "traces",
        TelemetrySignal.Metrics => "metrics",
        _ => "logs",
    };

    /// <summary>What one item is called.</summary>
    public static string ItemOf(TelemetrySignal signal) => signal switch
    {
        TelemetrySignal.Traces => "span",
        TelemetrySignal.Metrics => "data point",
        _ => "log record",
    };
}
