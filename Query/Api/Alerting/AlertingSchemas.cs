using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>The schemas of rules and alerts.</summary>
internal static class AlertingSchemas
{
    public static void AddTo(OpenApiDocument document)
    {
        document.AddComponent("RuleDefinition", Object(("query", Query()), ("condition", Condition())).WithOptional([("name", String()), .. Fields()]));
        document.AddComponent("RuleOverrides", Object().WithOptional([("name", String()), ("query", Open()), ("condition", Open()), .. Fields()]));
        document.AddComponent("Rule", Object(
        [
            ("name", String()), ("query", Query()), ("condition", Condition()), .. Fields(),
            ("revision", Integer(1, description: "Counts changes.")), ("changedAt", Moment()), ("health", Health()), ("groups", Array(Group())),
        ]));
        document.AddComponent("Rules", Object(("rules", Array(Ref("Rule"))), ("builtin", Array(String()))));
        document.AddComponent("RuleTest", Object(("rule", Ref("RuleDefinition"))).WithOptional(
            ("from", String("Epoch milliseconds, RFC 3339, or -1h; by default an hour before to.")), ("to", String("By default now."))));
        document.AddComponent("Transition", Object(("time", Moment()), ("state", Enum(["firing", "resolved"])), ("labels", Labels()), ("value", String())));
        document.AddComponent("Alerts", Object(("alerts", Array(Object([("rule", String()), ("severity", Severity()), .. GroupMembers()])))));
    }

    private static IEnumerable<(string, IOpenApiSchema)> Fields() =>
    [
        ("enabled", Boolean()), ("for", Duration("How long the condition must hold before the alert fires.")),
        ("keepFiringFor", Duration("How long it must fail before the alert is resolved.")),
        ("every", Duration("Time between evaluations, 5s to 1h; by default 30s.")),
        ("noData", Enum(["resolve", "keep", "alert"])), ("severity", Severity()),
        ("source", Template()), ("title", Template()), ("description", Template()), ("labels", Labels()), ("annotations", Labels()),
    ];

    private static OpenApiSchema Query() => Object(
        ("kind", ApiSchemas.Kind()), ("measure", String("As of /api/v1/aggregate.")), ("window", Duration("10s to 1d.")))
        .WithOptional(
            ("by", Array(String(), maxItems: 3)), ("where", Array(String(), maxItems: 32)),
            ("minCount", Integer(1, description: "A group with fewer samples has no data.")));

    private static OpenApiSchema Condition() => Object(("operator", Enum([">", ">=", "<", "<=", "==", "!="])), ("threshold", AnyOf(
        Number(), Object(("baseline", Duration("Whole days.")), ("factor", Number())).WithOptional(("minDays", Integer(1))))))
        .WithOptional(("resolveThreshold", Number()));

    private static OpenApiSchema Health() => Object(("status", String("ok, slow, or failing with the reason.")), ("groups", Object(
        ("inactive", Count()), ("pending", Count()), ("firing", Count())))).WithOptional(
        ("note", String()), ("gap", String("Which evaluations were left out.")), ("lastEvaluation", Moment()), ("durationMs", Number(0)));

    private static OpenApiSchema Group() => Object(GroupMembers());

    private static IEnumerable<(string, IOpenApiSchema)> GroupMembers() =>
        [("labels", Labels()), ("state", Enum(["pending", "firing"])), ("value", String()), ("since", Moment()), ("pendingSince", Moment())];

    private static OpenApiSchema Severity() => Enum(["Info", "Warning", "Critical"]);

    private static OpenApiSchema Labels() => Map(String());

    private static OpenApiSchema Open() => Object().Open();

    private static OpenApiSchema Moment() => String(format: "date-time");

    private static OpenApiSchema Duration(string description) => String($"{description} Like 30s, 5m, 1h.");

    private static OpenApiSchema Template() => String("A text with names in braces: value, threshold, since, rule, window and the fields of by.");
}
