using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using NUnit.Framework;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>The JSON of notifications.</summary>
public sealed class WebhookPayloadTests
{
    // The fingerprints are computed elsewhere, by a program that gives those of the test below.
    private const string Expected =
        """
        {
          "receiver": "ops", "status": "firing",
          "alerts": [
            {
              "status": "resolved", "labels": { "rule": "slow-checkout", "service": "/käse", "team": "shop" },
              "annotations": {
                "description": "p95 is 640 ms.", "firingSince": "2026-02-09T10:00:00Z", "runbook": "https://docs.example.com/?a=1&b=<2>", "severity": "Warning",
                "source": "/käse", "summary": "/käse is slow", "value": "640"
              },
              "startsAt": "2026-02-09T10:00:00Z", "endsAt": "2026-02-09T10:30:00.5Z", "generatorURL": "", "fingerprint": "66c19f9a6e2c40c6"
            },
            {
              "status": "firing", "labels": { "rule": "slow-checkout", "service": "/checkout", "team": "shop" },
              "annotations": {
                "description": "p95 is 900 ms.", "runbook": "https://docs.example.com/?a=1&b=<2>", "severity": "Warning", "source": "/checkout",
                "summary": "its own", "value": "900"
              },
              "startsAt": "2026-02-09T10:30:30Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "3fbe1886f57835dc"
            }
          ],
          "groupLabels": { "rule": "slow-checkout" }, "commonLabels": { "rule": "slow-checkout", "team": "shop" },
          "commonAnnotations": { "runbook": "https://docs.example.com/?a=1&b=<2>", "severity": "Warning" },
          "externalURL": "", "version": "4", "groupKey": "{pcode=\"7\"}:{rule=\"slow-checkout\"}", "truncatedAlerts": 3
        }
        """;

    [TestCase("", "", "")]
    [TestCase("https://apm.example/apm/", "https://apm.example/apm", "https://apm.example/apm/rules?rule=slow-checkout")]
    public void A_notification_is_Alertmanagers_version_4(string publicUrl, string externalUrl, string link)
    {
        Notification notification = new()
        {
            Pcode = 7,
            Receiver = new Receiver { Name = "ops", Url = new Uri("https://hooks.example.com/secret"), Secret = "secret" },
            Rule = "slow-checkout",
            Alerts =
            [
                Make("/käse", "2026-02-09T10:00:00Z", "2026-02-09T10:30:00.5Z", ("value", "640"), ("firingSince", "2026-02-09T10:00:00Z")),
                Make("/checkout", "2026-02-09T10:30:30Z", end: null, ("value", "900"), ("summary", "its own")),
            ],
            TruncatedCount = 3,
            IsFiring = true,
        };

        JsonNode? actual = JsonNode.Parse(Encoding.UTF8.GetString(WebhookPayload.Write(notification, publicUrl).Span));
        string expected = Expected.Replace("\"generatorURL\": \"\"", $"\"generatorURL\": \"{link}\"", StringComparison.Ordinal)
            .Replace("\"externalURL\": \"\"", $"\"externalURL\": \"{externalUrl}\"", StringComparison.Ordinal);

        Assert.That(JsonNode.DeepEquals(actual, JsonNode.Parse(expected)), Is.True, actual!.ToString());
    }

    // From the tests of github.com/prometheus/common, model/metric_test.go.
    [TestCase("", 14695981039346656037UL)]
    [TestCase("first_name=electro manufacturer=westinghouse occupation=robot", 5911716720268894962UL)]
    [TestCase("x=y", 8241431561484471700UL)]
    [TestCase("a=bb b=c", 3016285359649981711UL)]
    [TestCase("a=b bb=c", 7122421792099404749UL)]
    public void Fingerprints_are_those_of_Prometheus(string labels, ulong expected)
    {
        IEnumerable<KeyValuePair<string, string>> pairs = labels.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('='))
            .Select(label => KeyValuePair.Create(label[0], label[1]));

        Assert.That(LabelFingerprint.Of(pairs), Is.EqualTo($"{expected:x16}"));
    }

    private static AlertTransition Make(string service, string start, string? end, params (string Name, string Value)[] annotations)
    {
        long since = Milliseconds(start);
        var none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        return new AlertTransition
        {
            Pcode = 7,
            Rule = "slow-checkout",
            Id = Guid.Empty,
            Group = service,
            IsFiring = end is null,
            Time = end is null ? since : Milliseconds(end),
            PendingSince = since - 120_000,
            FiringSince = since,
            Severity = AlertSeverity.Warning,
            Source = service,
            Title = $"{service} is slow",
            Description = $"p95 is {annotations[0].Value} ms.",
            Labels = none.Add("rule", "slow-checkout").Add("service", service).Add("team", "shop"),
            Annotations = none.Add("runbook", "https://docs.example.com/?a=1&b=<2>")
                .AddRange(annotations.Select(annotation => KeyValuePair.Create(annotation.Name, annotation.Value))),
        };
    }

    private static long Milliseconds(string moment) =>
        DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
