using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Responses;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>Describes the Alert History API.</summary>
internal sealed class AlertHistoryDescription : IApiDescription
{
    private const string ListExample =
        """
        {"records":[{"id":"550e8400-e29b-41d4-a716-446655440000","timestamp":"2026-02-09T10:30:00Z","severity":"Warning","source":"Equipment-01",
        "title":"Motor Overload","description":"Motor current exceeded 80% threshold","labels":{"equipmentId":"Equipment-01","tagId":"Motor.Current"}}],
        "totalCount":1250,"page":1,"pageSize":50,"totalPages":25}
        """;

    private const string DetailExample =
        """
        {"id":"550e8400-e29b-41d4-a716-446655440000","timestamp":"2026-02-09T10:30:00Z","severity":"Warning","source":"Equipment-01",
        "title":"Motor Overload","description":"Motor current exceeded 80% threshold","labels":{"equipmentId":"Equipment-01",
        "tagId":"Motor.Current","threshold":"80"},"annotations":{"summary":"Motor 과부하 경보","runbook":"https://docs.example.com/runbooks/motor-overload"}}
        """;

    private static IEnumerable<OpenApiParameter> Filters =>
    [
        InQuery("severity", AnySeverity(), "Alerts of this severity."),
        InQuery("minSeverity", AnySeverity(), "Alerts of this severity and above."),
        InQuery("source", String(), "Alerts whose source holds this text, in any case."),
        InQuery("label", Array(String(pattern: ":")), "name:value; alerts that have these labels."),
        InQuery("startDate", Moment(), "The first moment, included."),
        InQuery("endDate", Moment(), "The last moment, included."),
    ];

    public void AddTo(OpenApiDocument document)
    {
        document.AddOperations(
            "alert history", "Alerts, newest first, and how many there are.",
            Get("", "alerts", "Alerts, page by page",
                [
                    InQuery("page", Integer(1, defaultValue: 1), "The page, from 1."),
                    InQuery("pageSize", Integer(1, defaultValue: 50), "Records of a page; more than 100 are taken as 100."),
                    .. Filters,
                ],
                "The page; without records past the end.", Json(Ref("AlertPage"), ListExample)),
            Get("/{id}", "alert", "One alert", [InPath("id", String(), "The alert's GUID.")],
                "The alert.", Json(Ref("AlertDetail"), DetailExample), "There is no such alert."),
            Get("/stats/severity", "alertsBySeverity", "Alerts per severity",
                [.. Filters, InQuery("includeZero", Enum(["true", "false"]), "Also severities that no alert has.")],
                "Critical first.",
                Counts("""[{"severity":"Critical","count":15},{"severity":"Warning","count":42},{"severity":"Info","count":128}]""", ("severity", Severity()))),
            Get("/stats/source", "alertsBySource", "Alerts per source", [.. Filters],
                "The most frequent first.", Counts("""[{"source":"Equipment-01","count":85},{"source":"Sensor-05","count":62}]""", ("source", String()))),
            Get("/stats/timeline", "alertTimeline", "Alerts per severity over time",
                [InQuery("window", String(defaultValue: "1h"), "Length of a window, like 10m, 1h or 1d."), .. Filters],
                "Windows in the order of time; those without alerts are left out.",
                Counts("""[{"time":"2026-02-09T10:00:00Z","severity":"Warning","count":3}]""", ("time", UtcTime()), ("severity", Severity()))));
        document.AddComponent("AlertRecord", Alert());
        document.AddComponent("AlertDetail", Alert().WithOptional(("annotations", Map(String()))));
        document.AddComponent("AlertPage", Object(
            ("records", Array(Ref("AlertRecord"), maxItems: 100)), ("totalCount", Count()), ("page", Count()), ("pageSize", Count()), ("totalPages", Count())));
        document.AddComponent("AlertProblem", ProblemSchema.Create().WithOptional(("errors", Map(Array(String()), "What is wrong, by parameter."))));
    }

    private static DescribedOperation Get(
        string path, string id, string summary, IEnumerable<OpenApiParameter> parameters,
        string description, KeyValuePair<string, OpenApiMediaType> body, string notFound = "The path is not one of these.") =>
        new(HttpMethod.Get, AlertHistoryModule.Prefix + path, new()
        {
            OperationId = id,
            Summary = summary,
            Description = "Open without a token where AlertHistory:AllowAnonymous is set; while no project is configured, also to callers on the same machine "
                + "if the server listens to it alone.",
            Security = [SecuritySchemes.None, SecuritySchemes.Bearer],
            Parameters = [.. parameters, InQuery("format", Enum(["json", "csv"]), "csv gives CSV with a header line.")],
            Responses = ErrorResponses.After(
                Response(description, body, Csv()), _ => Content(Problem.ContentType, Ref("AlertProblem")),
                (400, "A parameter is wrong; errors names it."), (401, "No token where one is needed, or an unknown one."),
                (403, "The token lacks the scope read."), (404, notFound)),
        });

    private static KeyValuePair<string, OpenApiMediaType> Counts(string example, params IEnumerable<(string Name, IOpenApiSchema Schema)> keys) =>
        Json(Array(Object([.. keys, ("count", Count())])), example);

    private static OpenApiSchema Alert() => Object(
        ("id", String(format: "uuid")), ("timestamp", UtcTime()), ("severity", Severity()), ("source", String()), ("title", String()),
        ("description", String()), ("labels", Map(String())));

    private static OpenApiSchema Severity() => Enum(AlertSeverity.Names);

    private static OpenApiSchema AnySeverity() => String(
        "Info, Warning or Critical in any case, or 0 to 2.",
        pattern: "^([Ii][Nn][Ff][Oo]|[Ww][Aa][Rr][Nn][Ii][Nn][Gg]|[Cc][Rr][Ii][Tt][Ii][Cc][Aa][Ll]|[0-2])$");

    private static OpenApiSchema Moment() => String("ISO 8601; without a zone it is UTC.");

    private static OpenApiSchema UtcTime() => String(format: "date-time", pattern: "Z$");
}
