using System.Collections.Immutable;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Description;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Own;

/// <summary>Describes <c>/api/v1</c>.</summary>
internal sealed class OwnDescription : IApiDescription
{
    private const string AggregateExample =
        """
        {"kind":"transaction","from":1700000000000,"to":1700003600000,"window":"1m","columns":[{"name":"time","unit":"ms"},{"name":"service","unit":""},{"name":"count","unit":"1"},
        {"name":"p95(elapsed)","unit":"ms"}],"rows":[[1700000000000,"/cart",12,48.25]],"total":1,"source":"raw","watermark":"2023-11-14T23:13:20Z"}
        """;

    private static readonly string[] _kinds = [.. SampleSchema.All.Select(kind => kind.Name)];

    private static readonly Shape _moment = Shape.Text.Saying("Epoch milliseconds or RFC 3339.");

    private static readonly ImmutableArray<ApiParameter> _question =
    [
        InQuery("kind", Shape.OneOf(_kinds), "The kind of sample.") with { IsRequired = true },
        InQuery("from", _moment, "Start, included; by default an hour ago."),
        InQuery("to", _moment, "End, not included; by default now."),
        InQuery("where", Shape.List(Shape.Text), "field:value or field!:value exactly, field~:text in any case, field>:number, field<:number. Different fields must all hold, of one field any; negations all."),
    ];

    private static readonly ApiParameter _format = InQuery("format", Shape.OneOf("json", "ndjson", "csv"), "The form of the answer.");

    public ApiPart Describe() => new("own", "Questions that the other families can't ask: any measure of any field by any other, and the samples themselves.")
    {
        Operations = [Aggregate(), Samples(), Agents(), Schema()],
        Schemas =
        [
            ("Aggregate", OwnShapes.Aggregate(_kinds)), ("SamplePage", OwnShapes.Page(_kinds)), .. OwnShapes.Samples(),
            ("Agents", OwnShapes.Agents()), ("Kinds", OwnShapes.Kinds()), (ProblemShape.Name, ProblemShape.Shape),
        ],
        Schemes = [KnownSchemes.Bearer],
    };

    private static ApiOperation Aggregate() => Get("/api/v1/aggregate", "aggregate", "Measures of samples, over time and by fields") with
    {
        Parameters =
        [
            .. _question,
            InQuery("window", Shape.Text, "Whole seconds that divide a day, or 1d, like 10s, 5m, 1h; without it there is one window."),
            InQuery("by", Shape.Text, "Fields to group by, separated by commas."),
            InQuery("measures", Shape.Text with { Default = "\"count\"" }, "count, rate, error_rate, and avg, min, max, sum, stddev, p50, p90, p95, p99, p999 of a field in parentheses, separated by commas."),
            InQuery("order", Shape.Text, "A column; - before it for the greatest first."),
            InQuery("limit", Shape.Integer with { Minimum = 1, Default = "1000" }, "Most rows of the answer; total counts all."),
            _format,
        ],
        Answers =
        [
            new ApiAnswer(200, "The rows.",
                new ApiContent(ApiContent.Json, Shape.Of("Aggregate"), AggregateExample), new ApiContent(ApiContent.NdJson, OwnShapes.AnyRow()), new ApiContent(ApiContent.Csv, Shape.Text))
            {
                Headers = [("x-total", Shape.Count, "Rows before limit."), ("x-source", OwnShapes.Source, "What was read."), ("x-watermark", OwnShapes.Watermark, "As in JSON.")],
            },
            .. Errors(),
        ],
    };

    private static ApiOperation Samples() => Get("/api/v1/samples", "samples", "Samples, newest first") with
    {
        Parameters =
        [
            .. _question,
            InQuery("limit", Shape.Integer with { Minimum = 1, Maximum = 10_000, Default = "100" }, "Most samples of the answer."),
            InQuery("cursor", Shape.Text, "next of the answer before; it keeps its place while new samples arrive."),
            _format,
        ],
        Answers =
        [
            new ApiAnswer(200, "The samples. The cursor of what follows stands in the header x-next too, where there is more.",
                new ApiContent(ApiContent.Json, Shape.Of("SamplePage")), new ApiContent(ApiContent.NdJson, OwnShapes.AnyLine()), new ApiContent(ApiContent.Csv, Shape.Text)),
            .. Errors(),
        ],
    };

    private static ApiOperation Agents() => Get("/api/v1/agents", "agents", "Agents that pushed samples") with
    {
        Answers = [new ApiAnswer(200, "By name, then id.", new ApiContent(ApiContent.Json, Shape.Of("Agents"))), .. Errors()],
    };

    private static ApiOperation Schema() => Get("/api/v1/schema", "schema", "Kinds and fields of samples, with types, units and limits") with
    {
        Answers = [new ApiAnswer(200, "The kinds.", new ApiContent(ApiContent.Json, Shape.Of("Kinds"))), .. Errors()],
    };

    private static ApiOperation Get(string path, string id, string summary) => new("get", path) { Id = id, Summary = summary, Security = [KnownSchemes.WithBearer], Answers = [] };

    private static ImmutableArray<ApiAnswer> Errors() => FamilyAnswers.Errors(
        static _ => new ApiContent(Problem.ContentType, Shape.Of(ProblemShape.Name)),
        (400, "A parameter is wrong; the answer names it and what is allowed."), (401, "No token, or an unknown one."), (403, "The token lacks the scope read."));

    private static ApiParameter InQuery(string name, Shape shape, string description) => new(name, ParameterPlace.Query, shape) { Description = description };
}
