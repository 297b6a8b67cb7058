using System.Collections.Immutable;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Model.Queries;

/// <summary>
/// A query to a store, as plain data: samples of one kind of one project in a range of times, filtered, grouped, measured, sorted.
/// Every documented endpoint is one of these and a shaper. Field ordinals are those of <see cref="SampleSchema"/>.
/// </summary>
public sealed record SampleQuery
{
    public required long Pcode { get; init; }

    public required Kind Kind { get; init; }

    /// <summary>Only samples with a time in this range count.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Length in ms of the windows, aligned to the epoch, that groups are also split by; 0 for none.</summary>
    public long WindowMilliseconds { get; init; }

    /// <summary>How far ahead of UTC, in ms, the clock is by which windows begin: days of +09:00 begin nine hours before those of UTC.</summary>
    public long WindowOffsetMilliseconds { get; init; }

    public ImmutableArray<GroupField> GroupBy { get; init; } = [];

    public ImmutableArray<Measure> Measures { get; init; } = [];

    public ImmutableArray<Filter> Filters { get; init; } = [];

    /// <summary>The order of the rows; whatever it leaves equal is sorted by window, then by the key's parts, ascending.</summary>
    public ImmutableArray<OrderTerm> Order { get; init; } = [];

    /// <summary>At most this many rows are in the result; its total counts all.</summary>
    public int Limit { get; init; } = int.MaxValue;

    /// <summary>Whether rollups may be used. Results are the same either way; only the cost differs.</summary>
    public bool UseRollups { get; init; } = true;

    /// <summary>Most samples that may be read one by one.</summary>
    public long MaxRows { get; init; } = long.MaxValue;

    /// <summary>Most groups that may be made.</summary>
    public int MaxGroups { get; init; } = int.MaxValue;

    /// <summary>
    /// Most bytes that the groups may take, on each thread that makes some. At least 16 MiB, so that memory that was used before never counts.
    /// </summary>
    public long MaxBytes { get; init; } = long.MaxValue;
}

/// <summary>A field that a query groups by.</summary>
/// <param name="Field">Its ordinal.</param>
/// <param name="MissingAs">Number that a missing value is taken for (a missing port is 0); null makes missing a group of its own.</param>
public readonly record struct GroupField(int Field, long? MissingAs = null)
{
    /// <summary>
    /// Ranges that numbers are grouped by in place of themselves: the key is the range's edge. Missing is a group of its own. Null for none; never of the
    /// time, which has windows.
    /// </summary>
    public NumberBins? Bins { get; init; }
}

/// <summary>One term of a query's order; earlier terms weigh more, and ties end in the key's parts, ascending.</summary>
/// <param name="By">What is compared.</param>
/// <param name="Index">Index of the measure (or numerator, or sketch, or sum of squares) in the query's measures, or of the key part in its group.</param>
/// <param name="Divisor">Index of the denominator in the query's measures; used by <see cref="OrderBy.Ratio"/>, <see cref="OrderBy.Mean"/>,
/// <see cref="OrderBy.Deviation"/> and <see cref="OrderBy.Apdex"/>.</param>
/// <param name="Quantile">The quantile, 0…1; used by <see cref="OrderBy.Quantile"/> only.</param>
public readonly record struct OrderTerm(OrderBy By, int Index = 0, int Divisor = 0, double Quantile = 0)
{
    /// <summary>Index of the sum in the query's measures; used by <see cref="OrderBy.Deviation"/> only.</summary>
    public int Sum { get; init; }

    /// <summary>Index of those tolerated in the query's measures; used by <see cref="OrderBy.Apdex"/> only.</summary>
    public int Tolerated { get; init; }

    public bool Descending { get; init; }
}

/// <summary>A query needs more than it may.</summary>
/// <param name="option">The option that sets the limit, as in the configuration: <c>Query:MaxRows</c>, say.</param>
/// <param name="limit">The limit.</param>
public sealed class QueryLimitException(string option, long limit)
    : Exception(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The query needs more than {option} = {limit}."))
{
    public string Option { get; } = option;

    public long Limit { get; } = limit;
}

/// <summary>What rows are sorted by.</summary>
public enum OrderBy : byte
{
    /// <summary>The value of a measure of the query (not a sketch, a set or a text).</summary>
    Measure,

    /// <summary>The exact quotient of two measures of the query; a denominator of 0 counts as quotient 0.</summary>
    Ratio,

    /// <summary>A part of the key, texts by UTF-8 bytes, missing first.</summary>
    Key,

    /// <summary>The start of the window.</summary>
    Window,

    /// <summary>A quantile of a sketch measure; groups without a value are the smallest.</summary>
    Quantile,

    /// <summary>The exact quotient of two measures of the query, where groups with a denominator of 0 have none and are the smallest.</summary>
    Mean,

    /// <summary>
    /// The exact standard deviation of a number field, by its sum of squares, its sum and the count of samples that have it;
    /// groups without a value are the smallest.
    /// </summary>
    Deviation,

    /// <summary>The exact quotient of a count and that part of the row's window that lies in the query's range.</summary>
    Rate,

    /// <summary>The exact apdex: those satisfied and half of those tolerated, by the count.</summary>
    Apdex,
}

/// <summary>The times <c>[From, To)</c>, in ms since the Unix epoch.</summary>
public readonly record struct TimeRange(long From, long To)
{
    public static TimeRange All { get; } = new(long.MinValue, long.MaxValue);

    public bool IsEmpty => From >= To;

    public bool Contains(long time) => time >= From && time < To;

    /// <summary>Whether every time from <paramref name="first"/> to <paramref name="last"/>, both included, lies inside.</summary>
    public bool Covers(long first, long last) => first >= From && last < To;

    /// <summary>Whether some time from <paramref name="first"/> to <paramref name="last"/>, both included, lies inside.</summary>
    public bool Overlaps(long first, long last) => first < To && last >= From;

    public TimeRange Intersect(TimeRange other) => new(Math.Max(From, other.From), Math.Min(To, other.To));
}
