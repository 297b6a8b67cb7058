using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Times;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>A request for activity.</summary>
internal sealed record TykRequest
{
    private const int CallerPart = 4;
    private const int DayDigits = 2;
    private const int YearDigits = 4;

    /// <summary>The transaction's field that names the caller.</summary>
    public required string Field { get; init; }

    /// <summary>The caller whose activity is requested.</summary>
    public required string Caller { get; init; }

    /// <summary>Whole days of the clock that days are told by.</summary>
    public TimeRange Days { get; private init; }

    public TykResolution Resolution { get; private init; }

    /// <summary>What rows are sorted by first; the usual order follows.</summary>
    public TykColumn By { get; private init; }

    public bool Ascending { get; private init; }

    public TykPage Page { get; private init; }

    public bool IsCsv { get; private init; }

    /// <summary>Reads path and query string; or what is wrong with them.</summary>
    public static string? TryRead(HttpContext context, string field, ZoneOffset zone, out TykRequest request)
    {
        // From the request line: only there a slash in the caller differs from one that was sent encoded.
        request = new() { Field = field, Caller = RawRequestTarget.PathParts(context, CallerPart)[0] };
        return ReadDays(ref request, context.Request.RouteValues, zone)
            ?? ReadForm(ref request, context.Request.Query)
            ?? ReadOrder(ref request, context.Request.Query)
            ?? ReadPage(ref request, context.Request.Query);
    }

    private static string? ReadDays(ref TykRequest request, RouteValueDictionary route, ZoneOffset zone)
    {
        if (ReadDate(route, "start", out DateOnly first) is { } wrong || (wrong = ReadDate(route, "end", out DateOnly last)) is not null)
        {
            return wrong;
        }

        request = request with { Days = zone.Days(first, last) };
        return first > last ? "The start date must not be after the end date." : null;
    }

    private static string? ReadForm(ref TykRequest request, IQueryCollection parameters)
    {
        string resolution = Parameter(parameters, "res");
        string type = Parameter(parameters, "type");
        TykResolution? parsed = resolution switch
        {
            "" => TykResolution.Whole,
            "month" => TykResolution.Month,
            "day" => TykResolution.Day,
            "hour" => TykResolution.Hour,
            _ => null,
        };
        request = request with { Resolution = parsed ?? TykResolution.Whole, IsCsv = type == "csv" };
        return parsed is null ? $"res must be day, hour or month, found \"{resolution}\"."
            : type is not ("" or "csv" or "json") ? $"type must be csv or json, found \"{type}\"."
            : null;
    }

    private static string? ReadOrder(ref TykRequest request, IQueryCollection parameters)
    {
        string by = Parameter(parameters, "by");
        string sort = Parameter(parameters, "sort");
        TykColumn? column = by.ToUpperInvariant() switch
        {
            "" or "HITS" => TykColumn.Hits,
            "SUCCESS" => TykColumn.Success,
            "ERROR" => TykColumn.Error,
            "LATENCY" => TykColumn.Latency,
            _ => null,
        };
        request = request with { By = column ?? TykColumn.Hits, Ascending = sort == "-1" };
        return column is null ? $"by must be Hits, Success, Error or Latency, found \"{by}\"."
            : sort is not ("" or "1" or "-1") ? $"sort must be 1 (descending) or -1, found \"{sort}\"."
            : null;
    }

    private static string? ReadPage(ref TykRequest request, IQueryCollection parameters)
    {
        string page = Parameter(parameters, "p");
        string size = Parameter(parameters, "page_size");
        long number = -1;
        long rows = TykPage.DefaultSize;
        if (page.Length > 0 && (!TryWhole(page, out number) || number == 0))
        {
            return $"p must be a whole number, from 1 for a page or below 0 for all rows, found \"{page}\".";
        }

        if (size.Length > 0 && (!TryWhole(size, out rows) || rows < 1))
        {
            return $"page_size must be a whole number from 1, found \"{size}\".";
        }

        request = request with { Page = new TykPage(Math.Max(number, 0), rows) };
        return null;
    }

    private static string? ReadDate(RouteValueDictionary route, string name, out DateOnly date)
    {
        (string day, string month, string year) = ($"{route[name + "Day"]}", $"{route[name + "Month"]}", $"{route[name + "Year"]}");
        if (Digits(month, DayDigits) is { } m and >= 1 and <= 12 && Digits(year, YearDigits) is { } y and >= 1
            && Digits(day, DayDigits) is { } d and >= 1 && d <= DateTime.DaysInMonth(y, m))
        {
            date = new DateOnly(y, m, d);
            return null;
        }

        date = default;
        return $"The {name} date must be a day, month and year like 31/12/2020, found \"{day}/{month}/{year}\".";
    }

    private static int? Digits(string text, int most) =>
        text.Length >= 1 && text.Length <= most && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static bool TryWhole(string text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    // The first where there are two; one without a value counts as absent.
    private static string Parameter(IQueryCollection parameters, string name) => parameters.TryGetValue(name, out var values) ? values[0] ?? "" : "";
}

/// <summary>What rows may be sorted by: <c>by</c>.</summary>
internal enum TykColumn : byte
{
    Hits,
    Success,
    Error,
    Latency,
}

/// <summary>Which parts of the time rows are grouped by: <c>res</c>.</summary>
internal enum TykResolution : byte
{
    /// <summary>None.</summary>
    Whole,

    Month,

    Day,

    Hour,
}
