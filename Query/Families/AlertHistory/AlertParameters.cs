using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>
/// Reads the parameters of a request, each where an endpoint has it. Of a name that is there twice the first counts (but every label); an empty value is none.
/// What can't be read is in <see cref="Wrong"/> and has its default value. Not thread safe.
/// </summary>
internal sealed class AlertParameters
{
    private const int DefaultPageSize = 50;
    private const int MaxPageSize = 100;
    private const string DefaultWindow = "1h";
    private const long TicksPerMillisecond = TimeSpan.TicksPerMillisecond;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);

    private readonly IQueryCollection _query;

    /// <param name="query">The parameters.</param>
    /// <param name="known">Those that the endpoint has.</param>
    public AlertParameters(IQueryCollection query, ImmutableArray<string> known)
    {
        _query = query;
        if (UnknownParameters.Find(query, known) is { } unknown)
        {
            Wrong.Add(unknown.Name, unknown.Sentence);
        }
    }

    public BadParameters Wrong { get; } = new();

    /// <summary><c>page</c>, from 1.</summary>
    public long Page() => Positive("page", 1, long.MaxValue);

    /// <summary><c>pageSize</c>: never more than a page may have.</summary>
    public int PageSize() => (int)Math.Min(Positive("pageSize", DefaultPageSize, long.MaxValue), MaxPageSize);

    /// <summary>What every endpoint has but that of one alert.</summary>
    public (TimeRange Range, ImmutableArray<Filter> Filters, bool IsCsv) Common() => (Range(), Filters(), IsCsv());

    /// <summary><c>window</c> in ms: whole seconds that divide a day.</summary>
    public long Window()
    {
        if (WindowParameter.TryRead(Value("window") ?? DefaultWindow, out long milliseconds) is { } wrong)
        {
            Wrong.Add("window", wrong);
        }

        return milliseconds;
    }

    /// <summary><c>includeZero</c>.</summary>
    public bool IncludeZero()
    {
        string text = Value("includeZero") ?? "false";
        bool isTrue = text == "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase);
        if (!isTrue && text != "0" && !text.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            Wrong.Add("includeZero", $"includeZero must be true or false; found \"{text}\".");
        }

        return isTrue;
    }

    /// <summary><c>format</c>: CSV instead of JSON.</summary>
    public bool IsCsv()
    {
        string text = Value("format") ?? "json";
        bool isCsv = text.Equals("csv", StringComparison.OrdinalIgnoreCase);
        if (!isCsv && !text.Equals("json", StringComparison.OrdinalIgnoreCase))
        {
            Wrong.Add("format", $"format must be json or csv; found \"{text}\".");
        }

        return isCsv;
    }

    // startDate and endDate, both inclusive.
    private TimeRange Range()
    {
        long? start = Moment("startDate");
        long? end = Moment("endDate");
        if (start > end)
        {
            Wrong.Add("startDate", "startDate must not be after endDate.");
        }

        // Times are whole milliseconds: the first that is not before the start, and the first behind the end.
        return new TimeRange(
            start is { } first ? -FloorMilliseconds(-first) : TimeRange.All.From,
            end is { } last ? FloorMilliseconds(last) + 1 : TimeRange.All.To);
    }

    // severity, minSeverity, source and every label.
    private ImmutableArray<Filter> Filters()
    {
        ImmutableArray<Filter>.Builder filters = ImmutableArray.CreateBuilder<Filter>();
        AddSeverities(filters);
        if (Value("source") is { } source)
        {
            filters.Add(Filter.OfTexts(_schema.Ordinal("source"), FilterOperator.ContainsAnyOf, source));
        }

        AddLabels(filters);
        return filters.DrainToImmutable();
    }

    private void AddSeverities(ImmutableArray<Filter>.Builder filters)
    {
        int? equal = Severity("severity");
        int least = Severity("minSeverity") ?? 0;
        ImmutableArray<string> wanted = [.. AlertSeverity.Names.Where((_, number) => number >= least && (equal ?? number) == number)];
        if (wanted.Length < AlertSeverity.Names.Length)
        {
            filters.Add(Filter.OfTexts(_schema.Ordinal("severity"), FilterOperator.AnyOf, wanted));
        }
    }

    // Different labels must all be there; of one label, which has one value, any of those given.
    private void AddLabels(ImmutableArray<Filter>.Builder filters)
    {
        OrderedDictionary<string, List<string>> byName = new(StringComparer.Ordinal);
        foreach (string? label in _query["label"])
        {
            int colon = (label ?? "").IndexOf(':', StringComparison.Ordinal);
            if (string.IsNullOrEmpty(label))
            {
                continue;
            }

            if (colon < 0)
            {
                Wrong.Add("label", $"label must be a name, a colon and a value; found \"{label}\".");
                continue;
            }

            string name = label[..colon];
            if (!byName.TryGetValue(name, out List<string>? entries))
            {
                byName[name] = entries = [];
            }

            entries.Add(CanonicalMap.Entry(name, label[(colon + 1)..]));
        }

        foreach (List<string> entries in byName.Values)
        {
            filters.Add(Filter.OfTexts(_schema.Ordinal("labels"), FilterOperator.HasEntryAnyOf, [.. entries]));
        }
    }

    private int? Severity(string name)
    {
        if (Value(name) is not { } text)
        {
            return null;
        }

        if (!AlertSeverity.TryParse(text, out int severity))
        {
            Wrong.Add(name, $"{name} must be Info, Warning or Critical, or 0, 1 or 2; found \"{text}\".");
        }

        return severity;
    }

    private long Positive(string name, long absent, long maximum)
    {
        if (Value(name) is not { } text)
        {
            return absent;
        }

        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) && number >= 1 && number <= maximum)
        {
            return number;
        }

        Wrong.Add(name, $"{name} must be a whole number from 1 to {maximum}; found \"{text}\".");
        return absent;
    }

    private long? Moment(string name)
    {
        if (Value(name) is not { } text)
        {
            return null;
        }

        if (AlertMoment.TryParse(text, out long ticks))
        {
            return ticks;
        }

        Wrong.Add(name, $"{name} must be a date and time of ISO 8601, like 2026-02-08T00:00:00Z; found \"{text}\".");
        return null;
    }

    private string? Value(string name)
    {
        StringValues values = _query[name];
        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }

    private static long FloorMilliseconds(long ticks) =>
        (ticks - (((ticks % TicksPerMillisecond) + TicksPerMillisecond) % TicksPerMillisecond)) / TicksPerMillisecond;
}
