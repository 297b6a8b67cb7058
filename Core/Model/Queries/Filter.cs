using System.Collections.Immutable;

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
