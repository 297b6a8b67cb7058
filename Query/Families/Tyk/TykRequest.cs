using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Times;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>What a request for activity asks for, or why it is refused.</summary>
internal sealed record TykRequest
{
    private const int FirstDatePart = 3;
    private const int DateParts = 3;
    private const int DayDigits = 2;
    private const int YearDigits = 4;

    /// <summary>The transaction's field that names the caller.</summary>
    public required string Field { get; init; }

    /// <summary>The caller asked for.</summary>
    public required string Caller { get; init; }

    /// <summary>Whole days of the clock that days are told by.</summary>
    public TimeRange Days { get; private init; }

    public TykResolution Resolution { get; private init; }

    /// <summary>What rows are sorted by first; behind it stands the usual order.</summary>
    public TykColumn By { get; private init; }

    public bool Ascending { get; private init; }

    public TykPage Page { get; private init; }

    public bool IsCsv { get; private init; }

    /// <summary>
    /// Reads <c>{keys|oauthid}/endpoint/{caller}/{d}/{m}/{y}/{d}/{m}/{y}</c> and the query string.
    /// </summary>
    /// <returns>The request; or the status of the refusal and its sentence.</returns>
    public static (TykRequest? Request, int Status, string Refusal) Read(List<string> parts, IQueryCollection parameters, ZoneOffset zone)
    {
        string? field = parts switch
        {
            ["keys", "endpoint", { Length: > 0 }, ..] => "api_key",
            ["oauthid", "endpoint", { Length: > 0 }, ..] => "oauth_id",
            _ => null,
        };
        if (field is null || parts.Count != FirstDatePart + (2 * DateParts))
        {
            return (
                null,
                StatusCodes.Status404NotFound,
                "There are keys/endpoint/{key}/{d}/{m}/{y}/{d}/{m}/{y} and oauthid/endpoint/{client}/{d}/{m}/{y}/{d}/{m}/{y}.");
        }

        TykRequest request = new() { Field = field, Caller = parts[2] };
        string? refusal = ReadDays(ref request, parts, zone)
            ?? ReadForm(ref request, parameters)
            ?? ReadOrder(ref request, parameters)
            ?? ReadPage(ref request, parameters);
        return refusal is null ? (request, StatusCodes.Status200OK, "") : (null, StatusCodes.Status400BadRequest, refusal);
    }

    private static string? ReadDays(ref TykRequest request, List<string> parts, ZoneOffset zone)
    {
        if (Date(parts, FirstDatePart) is not { } first)
        {
            return NoDate("start", parts, FirstDatePart);
        }

        if (Date(parts, FirstDatePart + DateParts) is not { } last)
        {
            return NoDate("end", parts, FirstDatePart + DateParts);
        }

        request = request with { Days = zone.Days(first, last) };
        return first > last ? "The start date must not be after the end date." : null;
    }

    private static string? ReadForm(ref TykRequest request, IQueryCollection parameters)
    {
        string resolution = Parameter(parameters, "res");
        string type = Parameter(parameters, "type");
        TykResolution? known = resolution switch
        {
            "" => TykResolution.Whole,
            "month" => TykResolution.Month,
            "day" => TykResolution.Day,
            "hour" => TykResolution.Hour,
            _ => null,
        };
        request = request with { Resolution = known ?? TykResolution.Whole, IsCsv = type == "csv" };
        return known is null ? $"res must be day, hour or month, found \"{resolution}\"."
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

    private static DateOnly? Date(List<string> parts, int first) =>
        Digits(parts[first], DayDigits) is { } day && Digits(parts[first + 1], DayDigits) is { } month and >= 1 and <= 12
        && Digits(parts[first + 2], YearDigits) is { } year and >= 1 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

    private static int? Digits(string text, int most) =>
        text.Length >= 1 && text.Length <= most && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static string NoDate(string name, List<string> parts, int first) =>
        $"The {name} date must be a day, month and year like 31/12/2020, found \"{string.Join('/', parts.GetRange(first, DateParts))}\".";

    private static bool TryWhole(string text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    // The first where it stands twice; one without a value is as good as absent.
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
