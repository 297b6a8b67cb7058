using System.Collections.Immutable;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Model.Queries;

/// <summary>A condition on one field. All filters of a query must hold.</summary>
/// <param name="Field">Ordinal of the field.</param>
/// <param name="Operator">How values are compared.</param>
/// <param name="Texts">The filter's values, where the field holds text.</param>
/// <param name="Numbers">The filter's values as kept, where the field holds numbers.</param>
public sealed record Filter(int Field, FilterOperator Operator, ImmutableArray<string> Texts, ImmutableArray<long> Numbers)
{
    /// <summary>Conditions on the same field, of which one must hold; used by <see cref="FilterOperator.EitherOf"/> only.</summary>
    public ImmutableArray<Filter> Forms { get; init; } = [];

    public static Filter OfTexts(int field, FilterOperator @operator, params ImmutableArray<string> texts) => new(field, @operator, texts, []);

    public static Filter OfNumbers(int field, FilterOperator @operator, params ImmutableArray<long> numbers) => new(field, @operator, [], numbers);

    public static Filter EitherOf(int field, params ImmutableArray<Filter> forms) => new(field, FilterOperator.EitherOf, [], []) { Forms = forms };

    public static Filter Present(int field) => new(field, FilterOperator.Present, [], []);
}

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
