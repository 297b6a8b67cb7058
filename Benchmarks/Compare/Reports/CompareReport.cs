using System.Text.Json;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>What one comparison measured, on what and how.</summary>
internal sealed record CompareReport
{
    /// <summary>Machine, versions and time.</summary>
    public required IReadOnlyList<Fact> Machine { get; init; }

    public required IReadOnlyList<Fact> Settings { get; init; }

    public required IReadOnlyList<PeerFacts> Peers { get; init; }

    public required IReadOnlyList<GoalLine> Goals { get; init; }

    public required IReadOnlyList<AnswerCheck> Checks { get; init; }

    public required IReadOnlyList<Figure> Figures { get; init; }

    public required IReadOnlyList<Fact> Notes { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, CompareReportJson.Default.CompareReport);
}
