using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ui.Data;

/// <summary>
/// What a page shows, as its address says: range of times, agent, zone, and what each view adds. A link shows the same to everybody. Immutable.
/// </summary>
public sealed class PageView
{
    /// <summary>The ranges to choose from, by the name in the address.</summary>
    public static readonly IReadOnlyList<(string Name, string Title)> Ranges =
    [
        ("5m", "Live: 5 minutes"), ("15m", "Live: 15 minutes"), ("1h", "Live: hour"), ("today", "Today"),
        ("1d", "Last day"), ("7d", "Last 7 days"), ("30d", "Last 30 days"),
    ];

    private const string DefaultRange = "1h";

    private const long Minute = 60_000;
    private const long Day = 24 * 60 * Minute;

    private readonly SortedDictionary<string, StringValues> _parameters;

    private PageView(string path, SortedDictionary<string, StringValues> parameters)
    {
        Path = path;
        _parameters = parameters;
    }

    /// <summary>The path without the host's base: <c>map</c>, say.</summary>
    public string Path { get; }

    /// <summary>The name of the range; empty for one from a moment to another.</summary>
    public string Range => From is null ? Find("range") is { Length: > 0 } name && Ranges.Any(range => range.Name == name) ? name : DefaultRange : "";

    /// <summary>Whether the range ends now, so that what is shown changes.</summary>
    public bool IsLive => Range is "5m" or "15m" or "1h";

    /// <summary>Whether the range is of a length before now, which the API understands as <c>-1h</c>.</summary>
    public bool IsBeforeNow => Range is not ("" or "today");

    /// <summary>The agent that everything is of; empty for all.</summary>
    public string Agent => Find("agent");

    /// <summary>What every query of the view asks for beside its own: the agent, where one is chosen.</summary>
    public ImmutableArray<Filter> Filters => Agent.Length > 0 ? [Filter.OfTexts(KindSchema.Oname, FilterOperator.AnyOf, Agent)] : [];

    /// <summary>The zone of the times shown: <c>browser</c>, <c>UTC</c> or an offset like <c>+09:00</c>.</summary>
    public string Zone => Find("zone") is { Length: > 0 } zone ? zone : PageZone.OfBrowser;

    private long? From => Moment("from") is { } from && Moment("to") is { } to && from < to ? from : null;

    /// <summary>Reads an address.</summary>
    public static PageView Parse(string relativeUri)
    {
        int mark = relativeUri.IndexOf('?', StringComparison.Ordinal);
        SortedDictionary<string, StringValues> parameters = new(StringComparer.Ordinal);
        foreach ((string name, StringValues values) in QueryHelpers.ParseQuery(mark < 0 ? "" : relativeUri[mark..]))
        {
            parameters[name] = values;
        }

        return new PageView(mark < 0 ? relativeUri : relativeUri[..mark], parameters);
    }

    /// <summary>A parameter of the address, the first one where it is repeated; empty when it is absent.</summary>
    public string Find(string name) => _parameters.GetValueOrDefault(name) is [{ } first, ..] ? first : "";

    /// <summary>Every value of a parameter that may be repeated.</summary>
    public IReadOnlyList<string> All(string name) => [.. _parameters.GetValueOrDefault(name).OfType<string>()];

    /// <summary>The times shown.</summary>
    /// <param name="now">The present, in ms.</param>
    /// <param name="zone">The zone in which today begins.</param>
    public TimeRange Resolve(long now, PageZone zone) => From is { } from
        ? new TimeRange(from, Moment("to")!.Value)
        : Range switch
        {
            "5m" => new TimeRange(now - (5 * Minute), now),
            "15m" => new TimeRange(now - (15 * Minute), now),
            "today" => new TimeRange(zone.StartOfDay(now), now + 1),
            "1d" => new TimeRange(now - Day, now),
            "7d" => new TimeRange(now - (7 * Day), now),
            "30d" => new TimeRange(now - (30 * Day), now),
            _ => new TimeRange(now - (60 * Minute), now),
        };

    /// <summary>The address of another view with the same range, agent and zone.</summary>
    public string To(string path, params (string Name, string Value)[] parameters)
    {
        SortedDictionary<string, StringValues> kept = new(StringComparer.Ordinal);
        foreach (string name in (ReadOnlySpan<string>)["range", "from", "to", "agent", "zone"])
        {
            kept[name] = Find(name);
        }

        return Address(path, kept, parameters);
    }

    /// <summary>The address of this view with other parameters.</summary>
    public string With(params (string Name, string Value)[] parameters) => Address(Path, new(_parameters, StringComparer.Ordinal), parameters);

    /// <summary>The address of this view with other values of a parameter that may be repeated, and other parameters.</summary>
    public string WithAll(string name, IEnumerable<string> values, params (string Name, string Value)[] parameters)
    {
        SortedDictionary<string, StringValues> all = new(_parameters, StringComparer.Ordinal) { [name] = values.ToArray() };
        return Address(Path, all, parameters);
    }

    private static string Address(string path, SortedDictionary<string, StringValues> all, (string Name, string Value)[] changed)
    {
        foreach ((string name, string value) in changed)
        {
            all[name] = value;
        }

        return QueryHelpers.AddQueryString(path, all.SelectMany(
            pair => pair.Value.Where(value => !string.IsNullOrEmpty(value)).Select(value => KeyValuePair.Create(pair.Key, value))));
    }

    private long? Moment(string name) =>
        long.TryParse(Find(name), NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds) && milliseconds < 1L << 52 ? milliseconds : null;
}
