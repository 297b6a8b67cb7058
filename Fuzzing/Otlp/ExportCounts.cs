using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Ingest.Protocols.Otlp;

namespace TimeSeries.Fuzzing.Otlp;

/// <summary>Counts the items of exports with generated code.</summary>
internal static class ExportCounts
{
    /// <summary>How many spans, data points or log records a message has.</summary>
    /// <exception cref="Google.Protobuf.InvalidProtocolBufferException">It is malformed.</exception>
    public static int Of(TelemetrySignal signal, byte[] message) => signal switch
    {
        TelemetrySignal.Traces => TraceExport.Parser.ParseFrom(message).ResourceSpans.Sum(resource => resource.ScopeSpans.Sum(scope => scope.Spans.Count)),
        TelemetrySignal.Logs => LogExport.Parser.ParseFrom(message).ResourceLogs.Sum(resource => resource.ScopeLogs.Sum(scope => scope.LogRecords.Count)),
        _ => MetricExport.Parser.ParseFrom(message).ResourceMetrics.Sum(resource => resource.ScopeMetrics.Sum(scope => scope.Metrics.Sum(PointsOf))),
    };

    private static int PointsOf(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Count,
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Count,
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Count,
        Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Count,
        Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Count,
        _ => 0,
    };
}
