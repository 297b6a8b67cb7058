using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Ingest.Protocols.Lines;

/// <summary>Describes <see cref="LinesProtocol"/>.</summary>
internal sealed class LinesDescription : IApiDescription
{
    private const string FirstError = "LineError";
    private const string SecondError = "LineProblem";

    public void AddTo(OpenApiDocument document)
    {
        document.AddOperations(
            "lines", "The writers of InfluxDB push line protocol: a measurement is a kind, tags and fields are its fields.",
            new DescribedOperation(HttpMethod.Post, LinesProtocol.FirstPath, Write("writeLines", "as version 1 of InfluxDB takes them", FirstError)),
            new DescribedOperation(HttpMethod.Post, LinesProtocol.SecondPath, Write("writeLines2", "as version 2 of InfluxDB takes them", SecondError)),
            new DescribedOperation(HttpMethod.Get, LinesSetup.Ping, Get("pingLines", "Says that lines are taken", 204, Response("Ready.").WithHeaders(
                ("X-Influxdb-Version", String(), "The version whose writers are understood."), ("X-Influxdb-Build", String(), "OSS.")))),
            new DescribedOperation(HttpMethod.Get, LinesSetup.Health, Get("healthOfLines", "Says that lines are taken, as version 2 does", 200,
                Response("Ready.", Json(Object(("name", String()), ("message", String()), ("status", String())))))),
            new DescribedOperation(HttpMethod.Get, LinesSetup.Ready, Get("readinessOfLines", "Says since when lines are taken, as version 2 does", 200,
                Response("Ready.", Json(Object(("status", String()), ("started", String()), ("up", String())))))));
        document.AddComponent(FirstError, Object(("error", String())));
        document.AddComponent(SecondError, Object(("code", String()), ("message", String())));
    }

    private static OpenApiOperation Get(string id, string summary, int status, OpenApiResponse response) => new()
    {
        OperationId = id,
        Summary = summary,
        Description = "Clients ask it before they write.",
        Security = [],
        Responses = Responses((status, response), (405, ProblemSchema.Response("Another method."))),
    };

    private static OpenApiOperation Write(string id, string version, string error) => new()
    {
        OperationId = id,
        Summary = $"Takes lines {version}",
        Description = "Lines of other measurements than the kinds are counted and not stored. db, rp, bucket and org are ignored. The token may also come as "
            + "Authorization: Token, as the password of Basic, or as p.",
        Security = [SecuritySchemes.Bearer],
        Parameters = [InQuery("precision", Enum(["ns", "n", "us", "u", "ms", "s"], "ns"), "What the times of lines count.")],
        RequestBody = Body(
            "Lines, plain or compressed.", Lines()),
        Responses = Responses(
            (204, Response("Stored. A line without a time has the time of its arrival.")),
            (400, Refusal("Some lines are bad; then the good ones are stored, and the message begins with partial write. Or all are.", error)),
            (401, Refusal("No token, or an unknown one.", error)),
            (403, Refusal("The token lacks the scope ingest.", error)),
            (405, ProblemSchema.Response("Another method than POST.")),
            (408, RefusalForNow("The body came too slowly; send it again after Retry-After.", error)),
            (413, Refusal("More than Ingest:MaxRequestBytes as sent or Ingest:MaxInflatedBytes inflated.", error)),
            (415, Refusal("An unknown Content-Encoding.", error)),
            (429, RefusalForNow("Too much is in flight, or the project exceeds a limit; send it again after Retry-After.", error)),
            (500, Refusal("The server failed; its log says why.", error)),
            (503, RefusalForNow("The log or the store can't take it, or the server stops; send it again after Retry-After.", error))),
    };

    private static KeyValuePair<string, OpenApiMediaType> Lines()
    {
        KeyValuePair<string, OpenApiMediaType> lines = Content("text/plain", String("measurement,tag=value field=value time"));
        lines.Value.Example = "transaction,oname=shop-8080 service=\"/cart\",elapsed=12.5";
        return lines;
    }

    private static OpenApiResponse Refusal(string description, string error) => Response(description, Json(Ref(error)));

    private static OpenApiResponse RefusalForNow(string description, string error) =>
        Refusal(description, error).WithHeaders(("Retry-After", Count(), "Seconds."));
}
