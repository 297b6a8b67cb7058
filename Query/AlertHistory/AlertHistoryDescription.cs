using System.Collections.Immutable;
using TimeSeries.Hosting.Description;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.AlertHistory;

/// <summary>Describes the Alert History API.</summary>
internal sealed class AlertHistoryDescription : IApiDescription
{
    private const string ListExample =
        """
        {"records":[{"id":"550e8400-e29b-41d4-a716-446655440000","timestamp":"2026-02-09T10:30:00Z","severity":"Warning","source":"Equipment-01","title":"Motor Overload",
        "description":"Motor current exceeded 80% threshold","labels":{"equipmentId":"Equipment-01","tagId":"Motor.Current"}}],"totalCount":1250,"page":1,"pageSize":50,"totalPages":25}
        """;

    private const string DetailExample =
        """
        {"id":"550e8400-e29b-41d4-a716-446655440000","timestamp":"2026-02-09T10:30:00Z","severity":"Warning","source":"Equipment-01","title":"Motor Overload",
        "description":"Motor current exceeded 80% threshold","labels":{"equipmentId":"Equipment-01","tagId":"Motor.Current","threshold":"80"},
        "annotations":{"summary":"Motor 과부하 경보","runbook":"https://docs.example.com/runbooks/motor-overload"}}
        """;

    private static readonly Shape _severity = Shape.OneOf(AlertSeverity.Names.AsSpan());
    private static readonly Shape _anySeverity = (Shape.Text with { Pattern = "^([Ii][Nn][Ff][Oo]|[Ww][Aa][Rr][Nn][Ii][Nn][Gg]|[Cc][Rr][Ii][Tt][Ii][Cc][Aa][Ll]|[0-2])$" })
        .Saying("Info, Warning or Critical in any case, or 0 to 2.");

    private static readonly Shape _moment = Shape.Text.Saying("ISO 8601; without a zone it is UTC.");
    private static readonly Shape _time = Shape.Text with { Format = "date-time", Pattern = "Z$" };

    private static readonly ImmutableArray<ApiParameter> _dates =
    [
        InQuery("startDate", _moment, "The first moment, included."),
        InQuery("endDate", _moment, "The last moment, included."),
    ];

    private static readonly ImmutableArray<ApiParameter> _filters =
    [
        InQuery("severity", _anySeverity, "Alerts of this severity."),
        InQuery("minSeverity", _anySeverity, "Alerts of this severity and above."),
        InQuery("source", Shape.Text, "Alerts whose source holds this text, in any case."),
        InQuery("label", Shape.List(Shape.Text with { Pattern = ":" }), "name:value; alerts that have these labels."),
        .. _dates,
    ];

    private static readonly ApiParameter _format = InQuery("format", Shape.OneOf("json", "csv"), "csv gives CSV with a header line.");

    public ApiPart Describe() => new("alert history", "Alerts, newest first, and how many there are.")
    {
        Operations =
        [
            Get("", "alerts", "Alerts, page by page") with
            {
                Parameters =
                [
                    InQuery("page", Shape.Integer with { Minimum = 1, Default = "1" }, "The page, from 1."),
                    InQuery("pageSize", Shape.Integer with { Minimum = 1, Default = "50" }, "Records of a page; more than 100 are taken as 100."),
                    .. _filters, _format,
                ],
                Answers = Answers("The page; without records past the end.", Shape.Of("AlertPage"), ListExample),
            },
            Get("/{id}", "alert", "One alert") with
            {
                Parameters = [new ApiParameter("id", ParameterPlace.Path, Shape.Text) { Description = "The alert's GUID." }, _format],
                Answers =
                [
                    new ApiAnswer(200, "The alert.", new ApiContent(ApiContent.Json, Shape.Of("AlertDetail"), DetailExample), new ApiContent(ApiContent.Csv, Shape.Text)),
                    .. Errors((404, "There is no such alert.")),
                ],
            },
            Get("/stats/severity", "alertsBySeverity", "Alerts per severity") with
            {
                Parameters = [.. _filters, InQuery("includeZero", Shape.OneOf("true", "false"), "Also severities that no alert has."), _format],
                Answers = Answers("Critical first.", Shape.List(Counted(("severity", _severity))), """[{"severity":"Critical","count":15},{"severity":"Warning","count":42},{"severity":"Info","count":128}]"""),
            },
            Get("/stats/source", "alertsBySource", "Alerts per source") with
            {
                Parameters = [.. _filters, _format],
                Answers = Answers("The most frequent first.", Shape.List(Counted(("source", Shape.Text))), """[{"source":"Equipment-01","count":85},{"source":"Sensor-05","count":62}]"""),
            },
            Get("/stats/timeline", "alertTimeline", "Alerts per severity over time") with
            {
                Parameters = [InQuery("window", Shape.Text with { Default = "\"1h\"" }, "Length of a window, like 10m, 1h or 1d."), .. _filters, _format],
                Answers = Answers(
                    "Windows in the order of time; those without alerts are left out.", Shape.List(Counted(("time", _time), ("severity", _severity))),
                    """[{"time":"2026-02-09T10:00:00Z","severity":"Warning","count":3}]"""),
            },
        ],
        Schemas =
        [
            ("AlertRecord", Alert()), ("AlertDetail", Alert(new Shape.Member("annotations", Shape.Map(Shape.Text), IsOptional: true))),
            ("AlertPage", Shape.Record(
                ("records", Shape.List(Shape.Of("AlertRecord")) with { MaxItems = 100 }), ("totalCount", Shape.Count), ("page", Shape.Count), ("pageSize", Shape.Count), ("totalPages", Shape.Count))),
            ("AlertProblem", ProblemShape.With(new Shape.Member("errors", Shape.Map(Shape.List(Shape.Text)).Saying("What is wrong, by parameter."), IsOptional: true))),
        ],
        Schemes = [KnownSchemes.Bearer],
    };

    private static ApiOperation Get(string path, string id, string summary) => new("get", AlertHistoryEndpoint.Prefix + path)
    {
        Id = id,
        Summary = summary,
        Description = "Open without a token to peers on the same machine that call it by a loopback name while the server listens to it alone, and where AlertHistory:AllowAnonymous is set.",
        Security = [[], KnownSchemes.WithBearer],
        Answers = [],
    };

    private static ImmutableArray<ApiAnswer> Answers(string description, Shape body, string example) =>
        [new ApiAnswer(200, description, new ApiContent(ApiContent.Json, body, example), new ApiContent(ApiContent.Csv, Shape.Text)), .. Errors((404, "The path is not one of these."))];

    private static ImmutableArray<ApiAnswer> Errors((int, string) notFound) => FamilyAnswers.Errors(
        static _ => new ApiContent(Problem.ContentType, Shape.Of("AlertProblem")),
        (400, "A parameter is wrong; errors names it."), (401, "No token where one is needed, or an unknown one."), (403, "The token lacks the scope read."), notFound);

    private static Shape Alert(params ReadOnlySpan<Shape.Member> more) => Shape.Record(
    [
        ("id", Shape.Text with { Format = "uuid" }), ("timestamp", _time), ("severity", _severity), ("source", Shape.Text), ("title", Shape.Text),
        ("description", Shape.Text), ("labels", Shape.Map(Shape.Text)), .. more,
    ]);

    private static Shape Counted(params ReadOnlySpan<Shape.Member> keys) => Shape.Record([.. keys, ("count", Shape.Count)]);

    private static ApiParameter InQuery(string name, Shape shape, string description) => new(name, ParameterPlace.Query, shape) { Description = description };
}
