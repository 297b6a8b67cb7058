using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Model.Queries;

/// <summary>How a filter compares a sample's value with its own values.</summary>
public enum FilterOperator : byte
{
    /// <summary>The value equals one of the filter's values. An empty text, or <see cref="NumberColumn.Missing"/>, stands for "missing".</summary>
    AnyOf,

    /// <summary>The value equals none of the filter's values; a missing value equals none but "missing".</summary>
    NoneOf,

    /// <summary>The text contains one of the filter's texts, ignoring case (invariant culture, by code points).</summary>
    ContainsAnyOf,

    /// <summary>The number is greater than one of the filter's numbers; a missing one is not.</summary>
    GreaterThanAnyOf,

    /// <summary>The number is less than one of the filter's numbers; a missing one is not.</summary>
    LessThanAnyOf,

    /// <summary>The sample has a value in the field.</summary>
    Present,

    /// <summary>The map has one of the filter's entries, each written as in the map's canonical JSON: <c>"name":"value"</c>.</summary>
    HasEntryAnyOf,

    /// <summary>The value meets one of the filter's <see cref="Filter.Forms"/>.</summary>
    EitherOf,
}
