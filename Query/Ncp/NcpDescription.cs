using System.Collections.Immutable;
using TimeSeries.Hosting.Description;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Ncp;

/// <summary>Describes the search for events of the NCP API Gateway.</summary>
internal sealed class NcpDescription : IApiDescription
{
    private const string Request = """{"offset":0,"level":["EVENT"],"limit":20,"timeZone":"+09:00","from":"2024-05-01","to":"2024-05-31","type":["ES020"]}""";

    private const string Answer =
        """
        {"events":{"content":[{"time":"2024-05-08 13:45:58","level":"EVENT","type":"ES020",
        "message":"The status of subscription request for [test-***] requested by [apiKey-***] has been changed to [Accepted]."}],"total":1}}
        """;

    private static readonly Shape _level = Shape.OneOf("EVENT", "ALARM", "ALERT");
    private static readonly Shape _type = Shape.OneOf("ES010", "ES020", "EU400", "EU410", "EU420");

    private static readonly ImmutableArray<ApiScheme> _schemes =
    [
        new("ncpTimestamp", NcpAccess.Timestamp, "Milliseconds since the Unix epoch, at most 5 minutes off."),
        new("ncpAccessKey", NcpAccess.AccessKey, "The id of the access key."),
        new("ncpSignature", NcpAccess.Signature,
            "Base64 of HMAC-SHA256 with the key's secret over method, blank, path with query string, line feed, timestamp, line feed, access key."),
    ];

    public ApiPart Describe() => new("ncp", "NCP API Gateway: the history of events, newest first. Requests are signed (signature v2); days are whole and both included.")
    {
        Operations = [Operation(NcpEndpoint.Prefix, "ncpEvents"), Operation(NcpEndpoint.LongPrefix, "ncpEventsV1")],
        Schemas =
        [
            ("NcpSearch", Search()),
            ("NcpEvents", Shape.Record(("events", Shape.Record(
                ("content", Shape.List(Shape.Record(
                    ("time", (Shape.Text with { Pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$" }).Saying("In the asked zone.")), ("level", _level), ("type", _type), ("message", Shape.Text)))
                    with { MaxItems = 10_000 }),
                ("total", Shape.Count.Saying("All that match.")))))),
            ("NcpError", Shape.Record(("error", Shape.Record(("errorCode", Shape.Text with { Pattern = "^[0-9]{3}$" }), ("message", Shape.Text), ("details", Shape.Text))))),
        ],
        Schemes = _schemes,
    };

    private static ApiOperation Operation(string prefix, string id) => new("post", prefix + NcpEndpoint.Search)
    {
        Id = id,
        Summary = "Events of some days",
        Security = [[.. _schemes.Select(scheme => scheme.Name)]],
        Body = new ApiBody("What to look for; the signature does not cover it.", [new ApiContent(ApiContent.Json, Shape.Of("NcpSearch"), Request)]),
        Answers =
        [
            new ApiAnswer(200, "The events of the page.", new ApiContent(ApiContent.Json, Shape.Of("NcpEvents"), Answer)),
            .. FamilyAnswers.Errors(
                Error,
                (400, "A field is wrong; details names it."), (401, "A header is missing, the timestamp is too old, the access key is unknown, or the signature does not match; details says which."),
                (404, "The path is not one of these.")),
        ],
    };

    private static ApiContent Error(int status)
    {
        (string code, string message) = NcpErrors.Of(status);
        return new(ApiContent.Json, Shape.Of("NcpError"), $$$"""{"error":{"errorCode":"{{{code}}}","message":"{{{message}}}","details":"…"}}""");
    }

    private static Shape Search() => Shape.Record(
        new Shape.Member("offset", Long(0), IsOptional: true),
        new Shape.Member("level", Shape.List(_level).OrNull().Saying("Empty or absent: all."), IsOptional: true),
        new Shape.Member("limit", Long(1) with { Default = "20" }, IsOptional: true),
        ("timeZone", (Shape.Text with { Pattern = "^(Z|[+-][0-9]{2}:[0-9]{2})$" }).Saying("The zone of the days and of the times in the answer.")),
        ("from", Shape.Text with { Format = "date" }), ("to", Shape.Text with { Format = "date" }),
        new Shape.Member("type", Shape.List(_type).OrNull().Saying("Empty or absent: all."), IsOptional: true)) with
    { IsOpen = true };

    private static Shape Long(long minimum) => Shape.Integer with { Format = "int64", Minimum = minimum, Maximum = long.MaxValue };
}
