using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;
using static TimeSeries.Query.Api.Alerting.AlertingOperations;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>Describes rules and alerts under <c>/api/v1</c>.</summary>
internal sealed class AlertingDescription : IApiDescription
{
    private const string RuleExample =
        """
        {"query":{"kind":"transaction","measure":"p95(elapsed)","by":["service"],"where":["service~:/checkout"],"window":"5m","minCount":20},
        "condition":{"operator":">","threshold":800,"resolveThreshold":700},"for":"2m","severity":"Warning","title":"{service} is slow"}
        """;

    private const string TestExample =
        """
        {"rule":{"query":{"kind":"transaction","measure":"p95(elapsed)","by":["service"],"window":"5m"},"condition":{"operator":">","threshold":800}},
        "from":"-1h","to":"now"}
        """;

    private static OpenApiParameter RuleName =>
        InPath("name", String(), "1 to 64 of a-z 0-9 - _ . beginning with a letter or digit.", "\"slow-checkout\"");

    public void AddTo(OpenApiDocument document)
    {
        document.AddOperations(
            "alerting", "Rules that raise alerts by themselves, and what fires. Alerts that were raised are in the Alert History.",
            Operation(HttpMethod.Get, "/api/v1/rules", "rules", "Rules with their health and what of them is pending or fires", null,
                Ok("By name; and the names of the rules that come with the server.", "Rules"), []),
            Operation(HttpMethod.Get, "/api/v1/rules/{name}", "rule", "A rule", RuleName, Ok("The rule.", "Rule"), [(404, "There is no such rule.")]),
            Operation(HttpMethod.Put, "/api/v1/rules/{name}", "putRule", "Make or change a rule; what fires of one that is changed is resolved", RuleName,
                Made("The rule", "Rule"), _changeErrors, body: Body("The rule.", Json(Ref("RuleDefinition"), RuleExample))),
            Operation(HttpMethod.Delete, "/api/v1/rules/{name}", "deleteRule", "Remove a rule; what fires is resolved", RuleName,
                Gone(), [(404, "There is no such rule."), .. _changeErrors]),
            Operation(HttpMethod.Put, "/api/v1/rules/builtin/{name}", "putBuiltinRule", "Make a rule of one that comes with the server", RuleName,
                Made("The rule", "Rule"), [(404, "There is no such rule."), .. _changeErrors],
                body: Body("Fields in place of its own; empty for none.", Json(Ref("RuleOverrides"), "{\"severity\":\"Critical\"}"))),
            Operation(HttpMethod.Post, "/api/v1/rules/test", "testRule", "What a rule would have raised; nothing is written", null,
                [(200, Response("The transitions, oldest first, at most 10,000.", Json(Array(Ref("Transition")))))],
                [(422, "The rule needs more than Query:MaxRows or a limit like it."), (503, "The store gave no whole response."),
                    (504, "It takes longer than Query:Timeout.")],
                body: Body("The rule and the range.", Json(Ref("RuleTest"), TestExample))),
            Operation(
                HttpMethod.Get, "/api/v1/alerts", "activeAlerts", "What is pending or fires now", null,
                Ok("What fires first, each from the oldest.", "Alerts"), []));
        AlertingSchemas.AddTo(document);
    }

    private static readonly (int Status, string Description)[] _changeErrors =
        [(409, "Rules are deployed as files here."), (503, "Store or disk did not take it.")];
}
