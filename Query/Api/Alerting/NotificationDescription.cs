using Microsoft.OpenApi;
using TimeSeries.Hosting.OpenApi;
using static TimeSeries.Hosting.OpenApi.ApiElements;
using static TimeSeries.Hosting.OpenApi.JsonSchema;
using static TimeSeries.Query.Api.Alerting.AlertingOperations;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>Describes silences and receivers under <c>/api/v1</c>.</summary>
internal sealed class NotificationDescription : IApiDescription
{
    private const string SilenceExample =
        """
        {"matchers":[{"label":"rule","equals":"slow-checkout"},{"label":"service","glob":"/checkout*"}],
        "from":"2026-02-09T10:00:00Z","to":"2036-02-09T10:00:00Z","comment":"Is being replaced"}
        """;

    private const string ReceiverExample =
        """
        {"url":"https://hooks.example.com/alerts","secret":"a long random text","minSeverity":"Warning","matchers":[{"label":"team","equals":"shop"}]}
        """;

    private static readonly (int Status, string Description)[] _changeErrors =
        [(409, "Silences and receivers are deployed as files here."), (503, "The disk did not take it; nothing was changed.")];

    private static readonly (int Status, string Description)[] _noSilence = [(404, "There is no such silence.")];
    private static readonly (int Status, string Description)[] _noReceiver = [(404, "There is no such receiver.")];

    private static OpenApiParameter Id => InPath("id", String(), "1 to 64 of a-z 0-9 - _ . beginning with a letter or digit.", "\"release-42\"");

    private static OpenApiParameter Name => InPath("name", String(), "1 to 64 of a-z 0-9 - _ . beginning with a letter or digit.", "\"ops\"");

    public void AddTo(OpenApiDocument document)
    {
        document.AddOperations(
            "notifications", "Who is told of alerts that rules raise, and of which nobody is told for some time.",
            Operation(HttpMethod.Get, "/api/v1/silences", "silences", "Silences", null, Ok("By id.", "Silences"), []),
            Operation(HttpMethod.Get, "/api/v1/silences/{id}", "silence", "A silence", Id, Ok("The silence.", "Silence"), _noSilence),
            Operation(HttpMethod.Put, "/api/v1/silences/{id}", "putSilence", "Make or change a silence", Id, Made("The silence", "Silence"), _changeErrors,
                body: Body("The silence.", Json(Ref("SilenceDefinition"), SilenceExample))),
            Operation(HttpMethod.Delete, "/api/v1/silences/{id}", "deleteSilence", "End a silence", Id, Gone(), [.. _noSilence, .. _changeErrors]),
            Operation(HttpMethod.Get, "/api/v1/receivers", "receivers", "Receivers and how it stands with them", null, Ok("By name.", "Receivers"), [],
                scope: "admin"),
            Operation(HttpMethod.Get, "/api/v1/receivers/{name}", "receiver", "A receiver", Name, Ok("The receiver.", "Receiver"), _noReceiver,
                scope: "admin"),
            Operation(HttpMethod.Put, "/api/v1/receivers/{name}", "putReceiver", "Make or change a receiver", Name, Made("The receiver", "Receiver"),
                _changeErrors, body: Body("The receiver. Without secret it keeps the one that it has.", Json(Ref("ReceiverDefinition"), ReceiverExample))),
            Operation(HttpMethod.Delete, "/api/v1/receivers/{name}", "deleteReceiver", "Remove a receiver", Name, Gone(), [.. _noReceiver, .. _changeErrors]),
            Operation(HttpMethod.Post, "/api/v1/receivers/{name}/test", "testReceiver", "Post a notification that it is a test, once and at once", Name,
                Ok("What became of it, after at most 30 seconds.", "ReceiverTest"), _noReceiver));
        document.AddComponent("SilenceDefinition", Object(("matchers", Matchers()), ("from", AnyMoment()), ("to", AnyMoment())).WithOptional(
            ("id", String()), ("comment", String())));
        document.AddComponent("Silence", Object(
            ("id", String()), ("matchers", Matchers()), ("from", Moment()), ("to", Moment()), ("comment", String()),
            ("state", Enum(["pending", "active", "expired"]))));
        document.AddComponent("Silences", Object(("silences", Array(Ref("Silence")))));
        document.AddComponent("ReceiverDefinition", Object(("url", String("Of http or https."))).WithOptional(
            ("name", String()), ("secret", String("Signs notifications; empty for none. It is never shown.")), ("minSeverity", Severity()),
            ("matchers", Matchers())));
        document.AddComponent("Receiver", Object(
            ("name", String()), ("url", String("Scheme, host and port; the rest is not shown.")), ("signed", Boolean()), ("minSeverity", Severity()),
            ("matchers", Matchers()), ("health", Health())));
        document.AddComponent("Receivers", Object(("receivers", Array(Ref("Receiver")))));
        document.AddComponent("ReceiverTest", Object(("delivered", Boolean())).WithOptional(
            ("status", Integer(description: "What the receiver responded with.")), ("reason", String("Why it was not delivered."))));
    }

    private static OpenApiSchema Health() => Object(
        ("waiting", Count("Alerts that it is to be told of.")), ("failuresInARow", Count())).WithOptional(
        ("lastSuccess", Moment()), ("lastFailure", Moment()), ("reason", String("Why the last failure was one.")));

    private static OpenApiSchema Matchers() => Array(
        Object(("label", String())).WithOptional(
            ("equals", String()), ("glob", String("A pattern: * is any text, ? any character, \\ makes the next one itself."))),
        "All must match; each has equals or glob. A label that is not there is empty.", maxItems: 16);

    private static OpenApiSchema Severity() => Enum(["Info", "Warning", "Critical"]);

    private static OpenApiSchema Moment() => String(format: "date-time");

    private static OpenApiSchema AnyMoment() => AnyOf(String("RFC 3339."), Time());
}
