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

    /// <summary>The window that divides a range in about so many points.</summary>
    public static string Window(TimeRange range, int points)
    {
        long seconds = Math.Max(1, (range.To - range.From) / 1_000 / points);
        return Array.Find(_windows, choice => choice.Seconds >= seconds) is { Name: { } name } ? name : "1d";
    }

    /// <summary>Measures over time, in about so many points.</summary>
    public static string Series(PageView view, PageZone zone, long now, string kind, string measures, int points, string by = "")
    {
        TimeRange range = view.Resolve(now, zone);
        return $"api/v1/aggregate?kind={kind}&{Range(view, range)}&window={Window(range, points)}&measures={Uri.EscapeDataString(measures)}&limit=100000"
            + (by.Length > 0 ? $"&by={by}" : "");
    }

    /// <summary>Bins of transactions.</summary>
    public static string Heatmap(PageView view, PageZone zone, long now, string scale) =>
        $"api/v1/heatmap?kind=transaction&{Range(view, view.Resolve(now, zone))}&scale={scale}";

    /// <summary>All rows of a statistic as CSV.</summary>
    public static string Csv(PageView view, PageZone zone, long now, Statistic statistic, string part) =>
        $"api/v1/aggregate?kind={statistic.Schema.Name}&{Range(view, view.Resolve(now, zone))}&by={statistic.Field}"
        + $"&measures={Uri.EscapeDataString(statistic.ApiMeasures)}&order=-count&limit=1000000&format=csv"
        + (part.Length > 0 ? $"&where={Uri.EscapeDataString($"{statistic.Field}~:{part}")}" : "");

    private static string Range(PageView view, TimeRange range)
    {
        // Live charts ask the server's clock again and again.
        string times = view.IsLive ? $"from=-{view.Range}&to=now" : string.Create(CultureInfo.InvariantCulture, $"from={range.From}&to={range.To}");
        return view.Agent.Length > 0 ? $"{times}&where={Uri.EscapeDataString($"oname:{view.Agent}")}" : times;
    }
}
