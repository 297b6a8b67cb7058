using System.Text.Json;
using static TimeSeries.Ingest.Protocols.Otlp.Wire.JsonFieldType;

namespace TimeSeries.Ingest.Protocols.Otlp.Wire;

/// <summary>
/// The messages of OTLP as JSON has them, field by field: name, number and type. Fields that the decoder skips are here for their type only. What has no entry
/// is passed over.
/// </summary>
internal static class JsonMessages
{
    /// <summary>No message has more fields.</summary>
    public const int MostFields = 20;

    private static readonly Dictionary<JsonMessageName, JsonMessage> _all = new()
    {
        [JsonMessageName.TraceRequest] = Of(Many(1, "resourceSpans", JsonMessageName.ResourceSpans)),
        [JsonMessageName.MetricRequest] = Of(Many(1, "resourceMetrics", JsonMessageName.ResourceMetrics)),
        [JsonMessageName.LogRequest] = Of(Many(1, "resourceLogs", JsonMessageName.ResourceLogs)),
        [JsonMessageName.ResourceSpans] = Of(
            One(1, "resource", JsonMessageName.Resource), Many(2, "scopeSpans", JsonMessageName.ScopeSpans), Field(3, "schemaUrl", Text)),
        [JsonMessageName.ResourceMetrics] = Of(
            One(1, "resource", JsonMessageName.Resource), Many(2, "scopeMetrics", JsonMessageName.ScopeMetrics), Field(3, "schemaUrl", Text)),
        [JsonMessageName.ResourceLogs] = Of(
            One(1, "resource", JsonMessageName.Resource), Many(2, "scopeLogs", JsonMessageName.ScopeLogs), Field(3, "schemaUrl", Text)),
        [JsonMessageName.Resource] = Of(Many(1, "attributes", JsonMessageName.KeyValue), Field(2, "droppedAttributesCount", UnsignedInt)),
        [JsonMessageName.ScopeSpans] = Of(
            One(1, "scope", JsonMessageName.Scope), Many(2, "spans", JsonMessageName.Span), Field(3, "schemaUrl", Text)),
        [JsonMessageName.ScopeMetrics] = Of(
            One(1, "scope", JsonMessageName.Scope), Many(2, "metrics", JsonMessageName.Metric), Field(3, "schemaUrl", Text)),
        [JsonMessageName.ScopeLogs] = Of(
            One(1, "scope", JsonMessageName.Scope), Many(2, "logRecords", JsonMessageName.LogRecord), Field(3, "schemaUrl", Text)),
        [JsonMessageName.Scope] = Of(
            Field(1, "name", Text), Field(2, "version", Text), Many(3, "attributes", JsonMessageName.KeyValue),
            Field(4, "droppedAttributesCount", UnsignedInt)),
        [JsonMessageName.KeyValue] = Of(Field(1, "key", Text), One(2, "value", JsonMessageName.AnyValue)),
        [JsonMessageName.AnyValue] = Of(
            Choice(Field(1, "stringValue", Text)), Choice(Field(2, "boolValue", JsonFieldType.Boolean)), Choice(Field(3, "intValue", Integer)),
            Choice(Field(4, "doubleValue", JsonFieldType.Double)), Choice(One(5, "arrayValue", JsonMessageName.ArrayValue)),
            Choice(One(6, "kvlistValue", JsonMessageName.KeyValueList)), Choice(Field(7, "bytesValue", Base64))),
        [JsonMessageName.ArrayValue] = Of(Many(1, "values", JsonMessageName.AnyValue)),
        [JsonMessageName.KeyValueList] = Of(Many(1, "values", JsonMessageName.KeyValue)),
        [JsonMessageName.Span] = Of(
            Field(1, "traceId", Hex), Field(2, "spanId", Hex), Field(3, "traceState", Text), Field(4, "parentSpanId", Hex), Field(5, "name", Text),
            Names(Field(6, "kind", Named), "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER",
                "SPAN_KIND_CONSUMER"),
            Field(7, "startTimeUnixNano", Fixed64), Field(8, "endTimeUnixNano", Fixed64), Many(9, "attributes", JsonMessageName.KeyValue),
            Field(10, "droppedAttributesCount", UnsignedInt), Many(11, "events", JsonMessageName.Event), Field(12, "droppedEventsCount", UnsignedInt),
            Field(14, "droppedLinksCount", UnsignedInt), One(15, "status", JsonMessageName.Status), Field(16, "flags", UnsignedInt)),
        [JsonMessageName.Event] = Of(
            Field(1, "timeUnixNano", Fixed64), Field(2, "name", Text), Many(3, "attributes", JsonMessageName.KeyValue),
            Field(4, "droppedAttributesCount", UnsignedInt)),
        [JsonMessageName.Status] = Of(
            Field(2, "message", Text), Names(Field(3, "code", Named), "STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR")),
        [JsonMessageName.Metric] = Of(
            Field(1, "name", Text), Field(2, "description", Text), Field(3, "unit", Text), Choice(One(5, "gauge", JsonMessageName.NumberData)),
            Choice(One(7, "sum", JsonMessageName.NumberData)), Choice(One(9, "histogram", JsonMessageName.OtherData)),
            Choice(One(10, "exponentialHistogram", JsonMessageName.OtherData)), Choice(One(11, "summary", JsonMessageName.OtherData))),
        [JsonMessageName.NumberData] = Of(
            Many(1, "dataPoints", JsonMessageName.NumberPoint),
            Names(Field(2, "aggregationTemporality", Named), "AGGREGATION_TEMPORALITY_UNSPECIFIED", "AGGREGATION_TEMPORALITY_DELTA",
                "AGGREGATION_TEMPORALITY_CUMULATIVE"),
            Field(3, "isMonotonic", JsonFieldType.Boolean)),
        [JsonMessageName.NumberPoint] = Of(
            Field(2, "startTimeUnixNano", Fixed64), Field(3, "timeUnixNano", Fixed64), Choice(Field(4, "asDouble", JsonFieldType.Double)),
            Choice(Field(6, "asInt", SignedFixed64)), Many(7, "attributes", JsonMessageName.KeyValue), Field(8, "flags", UnsignedInt)),
        [JsonMessageName.OtherData] = Of(Many(1, "dataPoints", JsonMessageName.OtherPoint)),
        [JsonMessageName.OtherPoint] = Of(Field(3, "timeUnixNano", Fixed64)),
        [JsonMessageName.LogRecord] = Of(
            Field(1, "timeUnixNano", Fixed64), Field(2, "severityNumber", Severity), Field(3, "severityText", Text),
            One(5, "body", JsonMessageName.AnyValue), Many(6, "attributes", JsonMessageName.KeyValue), Field(7, "droppedAttributesCount", UnsignedInt),
            Field(8, "flags", UnsignedInt), Field(9, "traceId", Hex), Field(10, "spanId", Hex), Field(11, "observedTimeUnixNano", Fixed64),
            Field(12, "eventName", Text)),
    };

    /// <summary>A message's fields.</summary>
    public static JsonMessage Of(JsonMessageName name) => _all[name];

    /// <summary>The request of a signal.</summary>
    public static JsonMessage RootOf(TelemetrySignal signal) => Of(signal switch
    {
        TelemetrySignal.Traces => JsonMessageName.TraceRequest,
        TelemetrySignal.Metrics => JsonMessageName.MetricRequest,
        _ => JsonMessageName.LogRequest,
    });

    private static JsonMessage Of(params JsonField[] fields) => new(fields);

    private static JsonField Field(int number, string name, JsonFieldType type) => new(number, name, type);

    private static JsonField One(int number, string name, JsonMessageName message) => new(number, name, Message) { Message = message };

    private static JsonField Many(int number, string name, JsonMessageName message) => One(number, name, message) with { IsRepeated = true };

    private static JsonField Choice(JsonField field) => field with { IsInOneOf = true };

    private static JsonField Names(JsonField field, params string[] names) => field with { Names = names };
}

/// <summary>The fields of a message.</summary>
internal sealed record JsonMessage(IReadOnlyList<JsonField> Fields)
{
    /// <summary>Whether some fields replace each other.</summary>
    public bool IsOneOf { get; } = Fields.Any(field => field.IsInOneOf);

    /// <summary>The index of the field that a property is; −1 when there is none.</summary>
    public int Find(ref Utf8JsonReader property)
    {
        for (int i = 0; i < Fields.Count; i++)
        {
            if (property.ValueTextEquals(Fields[i].Utf8Name))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>What a field holds.</summary>
internal enum JsonFieldType : byte
{
    Message,
    Text,
    Hex,
    Base64,
    Boolean,
    Double,
    Fixed64,
    SignedFixed64,
    Integer,
    UnsignedInt,
    Named,
    Severity,
}

/// <summary>The messages.</summary>
internal enum JsonMessageName : byte
{
    TraceRequest, MetricRequest, LogRequest, ResourceSpans, ResourceMetrics, ResourceLogs, Resource, ScopeSpans, ScopeMetrics, ScopeLogs, Scope, KeyValue,
    AnyValue, ArrayValue, KeyValueList, Span, Event, Status, Metric, NumberData, NumberPoint, OtherData, OtherPoint, LogRecord,
}
