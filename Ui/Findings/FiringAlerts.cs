using System.Globalization;
using TimeSeries.Alerting;
using TimeSeries.Ui.Data;

namespace TimeSeries.Ui.Findings;

/// <summary>Alerts that fire.</summary>
internal static class FiringAlerts
{
    // So many have a sentence of their own; more are counted.
    private const int Most = 10;

    /// <summary>A sentence for each alert that fires.</summary>
    /// <param name="firing">What fires, the worst first.</param>
    /// <param name="zone">The zone of its times.</param>
    public static IEnumerable<Finding> Find(IReadOnlyList<(RuleView Rule, GroupView Group)> firing, PageZone zone)
    {
        foreach ((RuleView rule, GroupView group) in firing.Take(Most))
        {
            string name = rule.Stored.Rule.Name;
            string since = zone.Show(group.PendingSince)[..19];
            yield return new Finding(
                $"{rule.Stored.Rule.Severity}: {group.Title} ({group.Value}) since {since} {zone.Name}.", "alerts", [],
                $"The rule {name} of this project fires: its condition holds since {since} {zone.Name}.");
        }

        if (firing.Count > Most)
        {
            yield return new Finding(
                string.Create(CultureInfo.InvariantCulture, $"{firing.Count - Most:N0} more alerts fire."), "alerts", [], "Rules of this project fire.");
        }
    }
}
