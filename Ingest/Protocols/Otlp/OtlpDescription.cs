using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Ingest.Protocols.Otlp.Transport;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Ingest.Protocols.Otlp;

/// <summary>Describes OTLP over HTTP. What an export holds is OpenTelemetry's to say.</summary>
internal sealed class OtlpDescription : IApiDescription
{
    private const string Status = "OtlpStatus";

    private static readonly string[] _examples =
    [
        """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
        {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"a1a2a3a4a5a6a7a8","name":"job","kind":2,
        "startTimeUnixNano":1800000000000e6,"endTimeUnixNano":1800000000000e6}]}]}]}
        """,
        """
        {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeMetrics":[{"metrics":[
        {"name":"jvm.thread.count","gauge":{"dataPoints":[{"timeUnixNano":1800000000000e6,"asInt":"42"}]}}]}]}]}
        """,
        """
        {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[
        {"timeUnixNano":1800000000000e6,"severityNumber":17,"body":{"stringValue":"failed"},"attributes":[
        {"key":"exception.type","value":{"stringValue":"java.io.IOException"}}]}]}]}]}
        """,
    ];

    public void AddTo(OpenApiDocument document)
    {
        document.AddOperations(
            "otlp", "OpenTelemetry's exporters push traces, metrics and logs (OTLP 1.11), over HTTP here and over gRPC on a port of its own.",
            [.. TelemetrySignals.All.Select(signal => new DescribedOperation(HttpMethod.Post, OtlpHttpProtocol.Paths[(int)signal], Export(signal)))]);
        document.AddComponent("OtlpExport", Object().WithOptional(
            ("resourceSpans", Array(Map(Any()))), ("resourceMetrics", Array(Map(Any()))), ("resourceLogs", Array(Map(Any())))));
        document.AddComponent("OtlpResponse", Object().WithOptional(("partialSuccess", Object().WithOptional(
            ("rejectedSpans", String()), ("rejectedDataPoints", String()), ("rejectedLogRecords", String()), ("errorMessage", String())))));
        document.AddComponent(Status, Object(("code", Integer(0, 16)), ("message", String())).WithOptional(("details", Array(Map(Any())))));
    }

    private static OpenApiOperation Export(TelemetrySignal signal) => new()
    {
        OperationId = $"export{char.ToUpperInvariant(TelemetrySignals.NameOf(signal)[0])}{TelemetrySignals.NameOf(signal)[1..]}",
        Summary = $"Takes {TelemetrySignals.NameOf(signal)} of OpenTelemetry",
        Description = "The message of OTLP in protobuf or JSON, compressed with gzip, deflate or br or not at all. An item that can't be used costs itself.",
        Security = [SecuritySchemes.Bearer, SecuritySchemes.TokenAndPcode],
        RequestBody = Body(
            $"An Export{SingularOf(signal)}ServiceRequest.", Json(Ref("OtlpExport"), _examples[(int)signal]),
            Content(OtlpHttpProtocol.Protobuf, Binary())),
        Responses = Responses(
            (200, new OpenApiResponse
            {
                Description = "Stored. partialSuccess is there when items were rejected; they are not to be sent again.",
                Content = new Dictionary<string, OpenApiMediaType>([Json(Ref("OtlpResponse")), Content(OtlpHttpProtocol.Protobuf, Binary())]),
            }),
            (400, Refusal("Malformed; sending it again does not help.")),
            (401, Refusal("No token, or an unknown one.")),
            (403, Refusal("The token lacks the scope ingest, or belongs to another project.")),
            (404, Refusal("Another path.")),
            (405, Refusal("Another method than POST.")),
            (408, RefusalForNow("The body came too slowly; send it again after Retry-After.")),
            (413, Refusal("More than Otlp:MaxRequestBytes, as sent or inflated.")),
            (415, Refusal("Another Content-Type or Content-Encoding.")),
            (429, RefusalForNow("Too much is in flight, or the project exceeds a limit; send it again after Retry-After.")),
            (500, Refusal("The server failed; its log says why.")),
            (503, RefusalForNow("The log or the store can't take it, or the server stops; send it again after Retry-After."))),
    };

    private static string SingularOf(TelemetrySignal signal) => signal switch
    {
        TelemetrySignal.Traces => "Trace",
        TelemetrySignal.Metrics => "Metrics",
        _ => "Logs",
    };

    private static OpenApiResponse Refusal(string description) =>
        Response(description, Json(Ref(Status)), Content(OtlpHttpProtocol.Protobuf, Binary()));

    private static OpenApiResponse RefusalForNow(string description) => Refusal(description).WithHeaders(("Retry-After", Count(), "Seconds."));

    private static OpenApiSchema Binary() => String("The message in protobuf.");
}
