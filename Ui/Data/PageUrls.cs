using System.Globalization;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Ui.Data;

/// <summary>Addresses of the API, relative to the page's base, whose data the browser fetches.</summary>
internal static class PageUrls
{
    // Windows that divide a day, in seconds, by their names.
    private static readonly (long Seconds, string Name)[] _windows =
    [
        (1, "1s"), (2, "2s"), (5, "5s"), (10, "10s"), (15, "15s"), (30, "30s"), (60, "1m"), (120, "2m"), (300, "5m"), (600, "10m"), (900, "15m"),
        (1_800, "30m"), (3_600, "1h"), (7_200, "2h"), (14_400, "4h"), (21_600, "6h"), (43_200, "12h"), (86_400, "1d"),
    ];

    /// <summary>The names of the windows to choose from.</summary>
    public static IEnumerable<string> Windows => _windows.Select(window => window.Name);

    /// <summary>Measures over time, in about so many points.</summary>
    /// <param name="view">What is shown.</param>
    /// <param name="zone">The zone in which today begins.</param>
    /// <param name="now">The present, in ms.</param>
    /// <param name="kind">The kind of the samples.</param>
    /// <param name="measures">The measures, as the API names them.</param>
    /// <param name="points">How many windows the range has, about.</param>
    /// <param name="by">The field that has a line for each of its values; empty for none.</param>
    /// <param name="where">A condition beside the view's; empty for none.</param>
    public static string Series(PageView view, PageZone zone, long now, string kind, string measures, int points, string by = "", string where = "")
    {
        TimeRange range = view.Resolve(now, zone);
        return $"api/v1/aggregate?kind={kind}&{Range(view, range)}&window={WindowOf(range, points).Name}&measures={Uri.EscapeDataString(measures)}&limit=100000"
            + (by.Length > 0 ? $"&by={by}" : "") + Where(where);
    }

    /// <summary>The shortest window of the API that divides a range into at most so many, but for days.</summary>
    public static (long Seconds, string Name) WindowOf(TimeRange range, int points)
    {
        long seconds = Math.Max(1, (range.To - range.From) / 1_000 / points);
        return Array.Find(_windows, choice => choice.Seconds >= seconds) is { Name: not null } found ? found : _windows[^1];
    }

    /// <summary>Samples of a kind by time and elapsed.</summary>
    public static string Heatmap(PageView view, PageZone zone, long now, string scale, string kind = "transaction", string where = "") =>
        $"api/v1/heatmap?kind={kind}&{Range(view, view.Resolve(now, zone))}&scale={scale}{Where(where)}";

    /// <summary>All rows of a statistic as CSV.</summary>
    public static string Csv(PageView view, PageZone zone, long now, Statistic statistic, string part) =>
        $"api/v1/aggregate?kind={statistic.Schema.Name}&{Range(view, view.Resolve(now, zone))}&by={statistic.Field}"
        + $"&measures={Uri.EscapeDataString(statistic.ApiMeasures)}&order=-count&limit=1000000&format=csv"
        + Where(part.Length > 0 ? $"{statistic.Field}~:{part}" : "");

    private static string Where(string condition) => condition.Length > 0 ? $"&where={Uri.EscapeDataString(condition)}" : "";

    /// <summary>Samples as they are stored, under the conditions of the address.</summary>
    public static string Stream(PageView view, string kind) => $"api/v1/stream?kind={kind}{string.Concat(Conditions(view).Select(Where))}";

    /// <summary>
    /// The conditions of an address and its agent, as the API has them. Of one field any of several names holds there, but what is said of agents beside the
    /// chosen one narrows it.
    /// </summary>
    public static IReadOnlyList<string> Conditions(PageView view)
    {
        const string isName = "oname:", hasPart = "oname~:";
        IReadOnlyList<string> all = view.All("where");
        string agent = view.Agent;
        if (agent.Length == 0)
        {
            return all;
        }

        string[] names =
        [
            .. all.Where(condition => condition.StartsWith(isName, StringComparison.Ordinal) || condition.StartsWith(hasPart, StringComparison.Ordinal)),
        ];
        bool isMeant = names.Length == 0 || Array.Exists(names, condition => condition.StartsWith(isName, StringComparison.Ordinal)
            ? condition[isName.Length..] == agent
            : agent.Contains(condition[hasPart.Length..], StringComparison.OrdinalIgnoreCase));
        return [$"{isName}{agent}", .. isMeant ? [] : (string[])[$"oname!:{agent}"], .. all.Except(names)];
    }

    private static string Range(PageView view, TimeRange range)
    {
        // Live charts ask the server's clock again and again.
        string times = view.IsLive ? $"from=-{view.Range}&to=now" : string.Create(CultureInfo.InvariantCulture, $"from={range.From}&to={range.To}");
        return times + Where(view.Agent.Length > 0 ? $"oname:{view.Agent}" : "");
    }
}
