using System.Text.Json;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>Rules, groups and transitions as responses show them. Moments are RFC 3339 in UTC.</summary>
internal static class RuleJson
{
    /// <summary>A rule with its state.</summary>
    public static void Write(Utf8JsonWriter json, RuleView view)
    {
        json.WriteStartObject();
        AlertRules.WriteFields(json, view.Stored.Rule);
        json.WriteNumber("revision", view.Stored.Revision);
        json.WriteString("changedAt", Moment(view.Stored.ChangedAt));
        json.WriteStartObject("health");
        json.WriteString("status", view.Health.Text);
        WriteOptional(json, "note", view.Health.Note);
        WriteOptional(json, "gap", view.Health.Gap);
        if (view.Health.LastEvaluation is { } last)
        {
            json.WriteString("lastEvaluation", Moment(last));
            json.WriteNumber("durationMs", Math.Round(view.Health.Duration.TotalMilliseconds, 3));
        }

        json.WriteStartObject("groups");
        json.WriteNumber("inactive", view.Health.Inactive);
        json.WriteNumber("pending", view.Groups.Count(group => !group.IsFiring));
        json.WriteNumber("firing", view.Groups.Count(group => group.IsFiring));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("groups");
        foreach (GroupView group in view.Groups)
        {
            json.WriteStartObject();
            WriteGroup(json, group);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>An alert that is pending or fires.</summary>
    public static void WriteAlert(Utf8JsonWriter json, RuleView view, GroupView group)
    {
        json.WriteStartObject();
        json.WriteString("rule", view.Stored.Rule.Name);
        json.WriteString("severity", view.Stored.Rule.Severity.ToString());
        WriteGroup(json, group);
        json.WriteEndObject();
    }

    /// <summary>A transition of a back-test.</summary>
    public static void WriteTransition(Utf8JsonWriter json, AlertTransition transition)
    {
        json.WriteStartObject();
        json.WriteString("time", Moment(transition.Time));
        json.WriteString("state", transition.IsFiring ? "firing" : "resolved");
        WriteLabels(json, transition.Labels);
        json.WriteString("value", transition.Annotations["value"]);
        json.WriteEndObject();
    }

    private static void WriteGroup(Utf8JsonWriter json, GroupView group)
    {
        WriteLabels(json, group.Labels);
        json.WriteString("state", group.IsFiring ? "firing" : "pending");
        json.WriteString("value", group.Value);
        json.WriteString("since", Moment(group.Since));
        json.WriteString("pendingSince", Moment(group.PendingSince));
    }

    private static void WriteLabels(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> labels)
    {
        json.WriteStartObject("labels");
        foreach ((string name, string value) in labels)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static string Moment(long milliseconds) => Transitions.Moment(milliseconds);
}
