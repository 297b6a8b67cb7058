using System.Text.Json;

namespace TimeSeries.Benchmarks.Alerts;

/// <summary>What the alert benchmark measured: one JSON line.</summary>
internal sealed record AlertsReport
{
    /// <summary>Alerts that were pushed and taken.</summary>
    public required long Alerts { get; init; }

    /// <summary>Alerts that the server had already, as it does when the benchmark runs again.</summary>
    public required long Duplicates { get; init; }

    public required double PushSeconds { get; init; }

    public required List<AlertsQuestion> Questions { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, AlertsReportJson.Default.AlertsReport);
}
