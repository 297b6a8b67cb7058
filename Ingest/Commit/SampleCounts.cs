using System.Diagnostics.Metrics;

namespace TimeSeries.Ingest.Commit;

/// <summary>What became of samples until one moment, a measurement for each project and kind, and reason where the metric has them.</summary>
internal sealed class SampleCounts
{
    /// <summary>A bit for every metric.</summary>
    public const int AllMetrics = (1 << ((int)Metric.Rejected + 1)) - 1;

    private readonly List<Measurement<long>>[] _measurements = [[], [], [], [], []];

    public IReadOnlyList<Measurement<long>> this[Metric metric] => _measurements[(int)metric];

    public void Add(Metric metric, long count, params ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements[(int)metric].Add(new Measurement<long>(count, tags));

    /// <summary>The metrics that tell what became of samples.</summary>
    public enum Metric : byte
    {
        Received,
        Stored,
        InFlight,
        Duplicate,
        Rejected,
    }
}
