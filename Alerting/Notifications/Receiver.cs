using System.Collections.Immutable;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;

namespace TimeSeries.Alerting.Notifications;

/// <summary>Who is told of alerts, by a webhook. Immutable.</summary>
public sealed record Receiver
{
    public required string Name { get; init; }

    /// <summary>Where notifications are posted. Its path and query may be a secret.</summary>
    public required Uri Url { get; init; }

    /// <summary>What notifications are signed with; empty when they are not.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Alerts below this are not told.</summary>
    public AlertSeverity MinSeverity { get; init; }

    /// <summary>What the labels of its alerts must be, all of them.</summary>
    public ImmutableArray<LabelMatcher> Matchers { get; init; } = [];

    /// <summary>Scheme, host and port of the URL: what of it may be shown.</summary>
    public string ShownUrl => Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>Whether it is told of an alert.</summary>
    public bool Takes(AlertTransition alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return alert.Severity >= MinSeverity && Matchers.All(matcher => matcher.Matches(alert.Labels));
    }

    // A record prints its members, and these hold secrets.
    public override string ToString() => $"receiver {Name}";
}
