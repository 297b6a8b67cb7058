using TimeSeries.Alerting;
using TimeSeries.Hosting.Authentication;

namespace TimeSeries.Query.Api.Alerting;

/// <summary><c>GET /api/v1/alerts</c>: what is pending or fires now, what fires first, each from the oldest. Thread safe.</summary>
internal sealed class AlertsEndpoint(AlertingAccess access)
{
    public Task ListAsync(HttpContext context) => access.RunAsync(context, rules => JsonBody.WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("alerts");
        foreach ((RuleView view, GroupView group) in rules.List(context.User.Pcode())
            .SelectMany(view => view.Groups.Select(group => (view, group)))
            .OrderBy(alert => !alert.group.IsFiring).ThenBy(alert => alert.group.Since).ThenBy(alert => alert.view.Stored.Rule.Name, StringComparer.Ordinal))
        {
            RuleJson.WriteAlert(json, view, group);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }));
}
