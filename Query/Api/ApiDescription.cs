using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Responses;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Query.Api;

/// <summary>Describes <c>/api/v1</c>.</summary>
internal sealed class ApiDescription : IApiDescription
{
    private const string AggregateExample =
        """
        {"kind":"transaction","from":1700000000000,"to":1700003600000,"window":"1m","columns":[{"name":"time","unit":"ms"},
        {"name":"service","unit":""},{"name":"count","unit":"1"},{"name":"p95(elapsed)","unit":"ms"}],
        "rows":[[1700000000000,"/cart",12,48.25]],"total":1,"source":"raw","watermark":"2023-11-14T23:13:20Z"}
        """;

    private const string HeatmapExample =
        """
        {"from":1700000000000,"to":1700003600000,"xStep":1800000,"yEdges":[0,1,10,100],"count":[[0,1,12],[1,3,2]],"errors":[[1,3,1]],"total":14}
        """;

    private static OpenApiParameter Format => InQuery("format", Enum(["json", "ndjson", "csv"]), "The form of the response.");

    private static IEnumerable<OpenApiParameter> Range =>
    [
        InQuery("kind", ApiSchemas.Kind(), "The kind of sample.", isRequired: true),
        InQuery("from", Moment(), "Start, included; by default an hour ago."),
        InQuery("to", Moment(), "End, not included; by default now."),
        Where,
    ];

    private static OpenApiParameter Where => InQuery(
        "where", Array(String()),
        "field:value or field!:value exactly, field~:text in any case, field>:number, field>=:number, field<:number, field<=:number. "
            + "Different fields must all hold; of one field any value or text, and all bounds and negations.");

    public void AddTo(OpenApiDocument document)
    {
        document.AddOperations(
            "own", "Queries that the other families can't ask: any measure of any field by any other, and the samples themselves.", Aggregate(),
            Heatmap(), Samples(), Stream(),
            Get("/api/v1/agents", "agents", "Agents that pushed samples", "Of every kind and all times, by name, then id; a page at a time.",
                [
                    InQuery("limit", Integer(1, 10_000, defaultValue: 1000), "Most agents of the response."),
                    InQuery("cursor", String(), "next of the response before."),
                ],
                Response("By name, then id. The cursor of what follows stands in the header x-next too.", Json(Ref("Agents")), MsgPack(Ref("Agents")))),
            Get("/api/v1/schema", "schema", "Kinds and fields of samples, with types, units and limits", "As batches write them.", null,
                Response("The kinds.", Json(Ref("Kinds")), MsgPack(Ref("Kinds")))));
        document.AddComponent("Aggregate", ApiSchemas.Aggregate());
        document.AddComponent("Heatmap", ApiSchemas.Heatmap());
        document.AddComponent("SamplePage", ApiSchemas.Page());
        foreach ((string name, OpenApiSchema sample) in ApiSchemas.Samples())
        {
            document.AddComponent(name, sample);
        }

        document.AddComponent("Agents", ApiSchemas.Agents());
        document.AddComponent("Kinds", ApiSchemas.Kinds());
    }

    private static DescribedOperation Aggregate() => Get(
        "/api/v1/aggregate", "aggregate", "Measures of samples, over time and by fields",
        "A row for each window and group that has samples. total counts the rows before limit.",
        [
            .. Range,
            InQuery("window", String(), "Whole seconds that divide a day, or 1d, like 10s, 5m, 1h; without it there is one window."),
            InQuery("by", String(), "Fields to group by, separated by commas."),
            InQuery("measures", String(defaultValue: "count"),
                "count, rate, error_rate, apdex, and avg, min, max, sum, stddev, p50, p90, p95, p99, p999 of a field in parentheses, separated by commas."),
            InQuery("order", String(), "A column; - before it for the greatest first."),
            InQuery("limit", Integer(1, defaultValue: 1000), "Most rows of the response; total counts all."),
            Format,
        ],
        Response("The rows.", Json(Ref("Aggregate"), AggregateExample), MsgPack(Ref("Aggregate")), NdJson(ApiSchemas.RowLine()), Csv()).WithHeaders(
            ("x-total", Count(), "Rows before limit."), ("x-source", ApiSchemas.Source(), "What was read."),
            ("x-watermark", ApiSchemas.Watermark(), "As in JSON.")));

    private static DescribedOperation Heatmap() => Get(
        "/api/v1/heatmap", "heatmap", "How many samples there are of each time and elapsed",
        "Bins of time, which begin with from, and of elapsed. Each holds from its edge to the next, the last row everything above. Bins without samples are "
            + "left out.",
        [
            .. Range,
            InQuery("x", Integer(1, 100_000, defaultValue: 300), "Columns: bins of time. x times y is at most 100,000."),
            InQuery("y", Integer(1, 100_000, defaultValue: 100), "Rows: bins of elapsed."),
            InQuery("scale", Enum(["log", "linear"]), "How elapsed is divided: log, which is the default, by equal factors from 1 ms on, or linear."),
            InQuery("max", Number(0), "Milliseconds at which the last row begins; by default 10000."),
        ],
        Response("The bins. count includes errors and adds up to total.", Json(Ref("Heatmap"), HeatmapExample), MsgPack(Ref("Heatmap"))));

    private static DescribedOperation Samples() => Get(
        "/api/v1/samples", "samples", "Samples, newest first", "A page at a time. Fields without a value are left out.",
        [
            .. Range,
            InQuery("limit", Integer(1, 10_000, defaultValue: 100), "Most samples of the response."),
            InQuery("cursor", String(), "next of the response before; it keeps its place while new samples arrive."),
            Format,
        ],
        Response("The samples. The cursor of what follows stands in the header x-next too, where there is more.",
            Json(Ref("SamplePage")), MsgPack(Ref("SamplePage")), NdJson(ApiSchemas.SampleLine()), Csv()));

    private static DescribedOperation Stream() => Get(
        "/api/v1/stream", "stream", "What is stored from now on, as server-sent events",
        "Without window: an event sample for each sample that is stored while the stream is open and is at most five minutes old by its time, the newest last. "
            + "With window: an event aggregate with the open window and the one before it, whenever their rows have changed. "
            + "An event ready says that the stream has begun or goes on, missed how many samples were not sent (count, null when that is not known), "
            + "fault why there are none at the moment (message). A client that comes back with Last-Event-ID goes on where it was, "
            + "while another client keeps the same stream.",
        [
            InQuery("kind", ApiSchemas.Kind(), "The kind of sample.", isRequired: true),
            Where,
            InQuery("window", String(), "Whole seconds that divide a day, or 1d, like 10s, 5m, 1h: an aggregate instead of samples."),
            InQuery("by", String(), "Fields to group by, separated by commas; with window."),
            InQuery("measures", String(defaultValue: "count"), "As of /api/v1/aggregate; with window."),
        ],
        Response("Events, until the client leaves, its token or session ends, or the server stops.", EventStream()),
        (429, "The project has half of Query:MaxStreams streams open; close one."),
        (503, "As many streams are open as Query:MaxStreams says; try again later."));

    private static DescribedOperation Get(
        string path, string id, string summary, string description, IList<IOpenApiParameter>? parameters, OpenApiResponse success,
        params IEnumerable<(int Status, string Description)> errors) => new(
            HttpMethod.Get, path, new()
            {
                OperationId = id,
                Summary = summary,
                Description = description,
                Security = [SecuritySchemes.Bearer],
                Parameters = parameters,
                Responses = ErrorResponses.After(
                    success, _ => Content(Problem.ContentType, Ref(ProblemSchema.Name)),
                    [
                        (400, "A parameter is wrong; the response names it and what is allowed."),
                        (401, "No token, or an unknown one."), (403, "The token lacks the scope read."), .. errors,
                    ]),
            });

    private static OpenApiSchema Moment() => String("Epoch milliseconds or RFC 3339.");
}
