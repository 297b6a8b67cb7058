using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Query.Responses;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Query.Families.Ncp;

/// <summary>Describes the search for events of the NCP API Gateway.</summary>
internal sealed class NcpDescription : IApiDescription
{
    private const string RequestExample =
        """{"offset":0,"level":["EVENT"],"limit":20,"timeZone":"+09:00","from":"2024-05-01","to":"2024-05-31","type":["ES020"]}""";

    private const string ResponseExample =
        """
        {"events":{"content":[{"time":"2024-05-08 13:45:58","level":"EVENT","type":"ES020",
        "message":"The status of subscription request for [test-***] requested by [apiKey-***] has been changed to [Accepted]."}],"total":1}}
        """;

    private static readonly (string Name, string Header, string Description)[] _schemes =
    [
        ("ncpTimestamp", NcpSignatureHandler.Timestamp, "Milliseconds since the Unix epoch, at most 5 minutes off."),
        ("ncpAccessKey", NcpSignatureHandler.AccessKey, "The id of the access key."),
        ("ncpSignature", NcpSignatureHandler.Signature,
            "Base64 of HMAC-SHA256 with the key's secret over method, blank, path with query string, line feed, timestamp, line feed, access key."),
    ];

    public void AddTo(OpenApiDocument document)
    {
        document.AddOperations(
            "ncp", "NCP API Gateway: the history of events, newest first. Requests are signed (signature v2); days are whole and both included.",
            Post(NcpModule.Prefix, "ncpEvents"), Post(NcpModule.LongPrefix, "ncpEventsV1"));
        document.AddComponent("NcpSearch", Search());
        document.AddComponent("NcpEvents", Events());
        document.AddComponent("NcpError", Object(("error", Object(
            ("errorCode", String(pattern: "^[0-9]{3}$")), ("message", String()), ("details", String())))));
        foreach ((string name, string header, string description) in _schemes)
        {
            document.AddComponent(name, SecuritySchemes.InHeader(header, description));
        }
    }

    private static DescribedOperation Post(string prefix, string id) => new(HttpMethod.Post, prefix + NcpModule.Search, new()
    {
        OperationId = id,
        Summary = "Events of some days",
        Description = "Newest first, a page at a time; total counts all that match.",
        Security = [SecuritySchemes.Require(_schemes.Select(scheme => scheme.Name))],
        RequestBody = Body("What to look for; the signature does not cover it.", Json(Ref("NcpSearch"), RequestExample)),
        Responses = ErrorResponses.After(
            Response("The events of the page.", Json(Ref("NcpEvents"), ResponseExample)), Error,
            (400, "A field is wrong; details names it."),
            (401, "A header is missing, the timestamp is too old, the access key is unknown, or the signature does not match; details says which."),
            (404, "The path is not one of these."),
            (408, "The body came too slowly (Http:MinBodyRate, Http:BodyPause); send it again after Retry-After.")),
    });

    private static KeyValuePair<string, OpenApiMediaType> Error(int status)
    {
        (string code, string message) = NcpModule.ErrorOf(status);
        return Json(Ref("NcpError"), $$$"""{"error":{"errorCode":"{{{code}}}","message":"{{{message}}}","details":"…"}}""");
    }

    private static OpenApiSchema Events() => Object(("events", Object(
        ("content", Array(Object(
            ("time", String("In the asked zone.", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$")),
            ("level", Level()), ("type", Type()), ("message", String())), maxItems: 10_000)),
        ("total", Count("All that match.")))));

    private static OpenApiSchema Search() => Object(
        ("timeZone", String("The zone of the days and of the times in the response.", pattern: "^(Z|[+-][0-9]{2}:[0-9]{2})$")),
        ("from", String(format: "date")), ("to", String(format: "date")))
        .WithOptional(
            ("offset", Integer(0, long.MaxValue, format: "int64")),
            ("limit", Integer(1, long.MaxValue, format: "int64", defaultValue: 20)),
            ("level", Array(Level(), "Empty or absent: all.").OrNull()),
            ("type", Array(Type(), "Empty or absent: all.").OrNull()))
        .Open();

    private static OpenApiSchema Level() => Enum(["EVENT", "ALARM", "ALERT"]);

    private static OpenApiSchema Type() => Enum(["ES010", "ES020", "EU400", "EU410", "EU420"]);
}
