namespace TimeSeries.Hosting.Metrics;

/// <summary>Something that adds to <c>/metrics</c>: a host's meters, the process, counters that must be read as one snapshot. Thread safe.</summary>
public interface IMetricSource
{
    void Write(PrometheusText text);
}
