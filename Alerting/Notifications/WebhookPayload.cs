using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Notifications;

/// <summary>
/// The body of a notification: the JSON of Alertmanager's webhooks, version 4 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config).
/// Title, description, severity and source stand in annotations, unless the rule has its own of that name.
/// </summary>
internal static class WebhookPayload
{
    private const string NoEnd = "0001-01-01T00:00:00Z";

    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a body.</summary>
    /// <param name="notification">What is told.</param>
    /// <param name="publicUrl">Where people open the page, for links to it; empty for none.</param>
    public static ReadOnlyMemory<byte> Write(Notification notification, string publicUrl)
    {
        string address = publicUrl.TrimEnd('/');
        string view = notification.Rule.Length == 0 ? "/alerts" : $"/rules?rule={Uri.EscapeDataString(notification.Rule)}";
        string link = address.Length == 0 ? "" : address + view;
        ImmutableSortedDictionary<string, string>[] annotations = [.. notification.Alerts.Select(AnnotationsOf)];
        bool isOfRule = notification.Rule.Length > 0;
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, _options))
        {
            json.WriteStartObject();
            json.WriteString("receiver", notification.Receiver.Name);
            json.WriteString("status", Status(notification.IsFiring));
            json.WriteStartArray("alerts");
            for (int i = 0; i < notification.Alerts.Length; i++)
            {
                WriteAlert(json, notification.Alerts[i], annotations[i], link);
            }

            json.WriteEndArray();
            json.WriteStartObject("groupLabels");
            if (isOfRule)
            {
                json.WriteString("rule", notification.Rule);
            }

            json.WriteEndObject();
            RuleFormat.WriteMap(json, "commonLabels", Common([.. notification.Alerts.Select(alert => alert.Labels)]));
            RuleFormat.WriteMap(json, "commonAnnotations", Common(annotations));
            json.WriteString("externalURL", address);
            json.WriteString("version", "4");

            // The project stands where Alertmanager has its route: rules of two projects may have one name and one receiver.
            string labels = isOfRule ? $"rule=\"{notification.Rule}\"" : "";
            json.WriteString("groupKey", string.Create(CultureInfo.InvariantCulture, $"{{pcode=\"{notification.Pcode}\"}}:{{{labels}}}"));
            json.WriteNumber("truncatedAlerts", notification.TruncatedCount);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private static void WriteAlert(
        Utf8JsonWriter json, AlertTransition alert, ImmutableSortedDictionary<string, string> annotations, string link)
    {
        json.WriteStartObject();
        json.WriteString("status", Status(alert.IsFiring));
        RuleFormat.WriteMap(json, "labels", alert.Labels);
        RuleFormat.WriteMap(json, "annotations", annotations);
        json.WriteString("startsAt", Moment(alert.FiringSince));
        json.WriteString("endsAt", alert.IsFiring ? NoEnd : Moment(alert.Time));
        json.WriteString("generatorURL", link);
        json.WriteString("fingerprint", LabelFingerprint.Of(alert.Labels));
        json.WriteEndObject();
    }

    private static ImmutableSortedDictionary<string, string> AnnotationsOf(AlertTransition alert)
    {
        var annotations = alert.Annotations.ToBuilder();
        annotations.TryAdd("summary", alert.Title);
        annotations.TryAdd("description", alert.Description);
        annotations.TryAdd("severity", alert.Severity.ToString());
        annotations.TryAdd("source", alert.Source);
        return annotations.ToImmutable();
    }

    private static IEnumerable<KeyValuePair<string, string>> Common(ImmutableSortedDictionary<string, string>[] maps) =>
        maps[0].Where(pair => maps.All(map => map.TryGetValue(pair.Key, out string? value) && value == pair.Value));

    private static string Status(bool isFiring) => isFiring ? "firing" : "resolved";

    private static string Moment(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
