using System.Diagnostics.Metrics;

namespace TimeSeries.Hosting.Metrics;

/// <summary>A meter of this host, to be shown at <c>/metrics</c>. By instance, so that two hosts in one process do not mix.</summary>
public sealed record MeterSource(Meter Meter);
