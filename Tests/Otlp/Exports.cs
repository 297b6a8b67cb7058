using System.Buffers.Binary;
using Google.Protobuf;
using TimeSeries.Fuzzing.Otlp.Messages;

namespace TimeSeries.Tests.Otlp;

/// <summary>Writes exports as an exporter would, through code generated from a schema of the tests.</summary>
internal static class Exports
{
    /// <summary>2026-01-01T00:00:00Z in nanoseconds.</summary>
    public const ulong Start = 1_767_225_600_000_000_000;

    public const int InternalKind = 1;
    public const int ServerKind = 2;
    public const int ClientKind = 3;
    public const int ProducerKind = 4;
    public const int ConsumerKind = 5;

    /// <summary>An export of spans of the agent shop-h1.</summary>
    public static TraceExport Traces(params IEnumerable<Span> spans) => new() { ResourceSpans = { Resource(spans) } };

    /// <summary>The spans of one resource.</summary>
    public static ResourceSpans Resource(IEnumerable<Span> spans, params (string Key, object Value)[] attributes) => new()
    {
        Resource = new Resource { Attributes = { All(attributes.Length > 0 ? attributes : [("service.name", "shop"), ("host.name", "h1")]) } },
        ScopeSpans = { new ScopeSpans { Spans = { spans } } },
    };

    /// <summary>An export of metrics of the agent shop-h1.</summary>
    public static MetricExport Metrics(params IEnumerable<Metric> metrics) => new()
    {
        ResourceMetrics =
        {
            new ResourceMetrics
            {
                Resource = new Resource { Attributes = { All([("service.name", "shop"), ("host.name", "h1")]) } },
                ScopeMetrics = { new ScopeMetrics { Metrics = { metrics } } },
            },
        },
    };

    /// <summary>An export of log records of the agent shop-h1.</summary>
    public static LogExport Logs(params IEnumerable<LogRecord> records) => new()
    {
        ResourceLogs =
        {
            new ResourceLogs
            {
                Resource = new Resource { Attributes = { All([("service.name", "shop"), ("host.name", "h1")]) } },
                ScopeLogs = { new ScopeLogs { LogRecords = { records } } },
            },
        },
    };

    /// <summary>A span of 10 ms.</summary>
    public static Span Span(int kind, ulong id, ulong parent = 0, ulong trace = 1, string name = "n", params (string Key, object Value)[] attributes) => new()
    {
        TraceId = TraceId(trace),
        SpanId = SpanId(id),
        ParentSpanId = parent == 0 ? ByteString.Empty : SpanId(parent),
        Name = ByteString.CopyFromUtf8(name),
        Kind = kind,
        StartTimeUnixNano = Start,
        EndTimeUnixNano = Start + 10_000_000,
        Attributes = { All(attributes) },
    };

    /// <summary>A call of a database.</summary>
    public static Span Sql(ulong id, ulong parent, ulong trace = 1, string text = "SELECT 1") =>
        Span(ClientKind, id, parent, trace, "sql", ("db.system.name", "postgresql"), ("db.query.text", text));

    /// <summary>An event that tells of an exception.</summary>
    public static Event Exception(string type, string message, ulong time = Start) => new()
    {
        Name = ByteString.CopyFromUtf8("exception"),
        TimeUnixNano = time,
        Attributes = { All([("exception.type", type), ("exception.message", message)]) },
    };

    public static ByteString TraceId(ulong id)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), id);
        return ByteString.CopyFrom(bytes);
    }

    public static ByteString SpanId(ulong id)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id);
        return ByteString.CopyFrom(bytes);
    }

    public static IEnumerable<KeyValue> All(IEnumerable<(string Key, object Value)> attributes) => attributes.Select(pair => new KeyValue
    {
        Key = ByteString.CopyFromUtf8(pair.Key),
        Value = pair.Value switch
        {
            string text => new AnyValue { StringValue = ByteString.CopyFromUtf8(text) },
            byte[] bytes => new AnyValue { StringValue = ByteString.CopyFrom(bytes) },
            bool flag => new AnyValue { BoolValue = flag },
            int number => new AnyValue { IntValue = number },
            double number => new AnyValue { DoubleValue = number },
            AnyValue value => value,
            _ => throw new ArgumentOutOfRangeException(nameof(attributes)),
        },
    });
}
