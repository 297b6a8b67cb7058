namespace TimeSeries.Core.Model.Queries;

/// <summary>One term of a query's order; earlier terms weigh more, and ties end in the key's parts, ascending.</summary>
/// <param name="By">What is compared.</param>
/// <param name="Index">Index of the measure (or numerator, or sketch, or sum of squares) in the query's measures, or of the key part in its group.</param>
/// <param name="Divisor">Index of the denominator in the query's measures; used by <see cref="OrderBy.Ratio"/>, <see cref="OrderBy.Mean"/> and <see cref="OrderBy.Deviation"/>.</param>
/// <param name="Quantile">The quantile, 0…1; used by <see cref="OrderBy.Quantile"/> only.</param>
public readonly record struct OrderTerm(OrderBy By, int Index = 0, int Divisor = 0, double Quantile = 0)
{
    /// <summary>Index of the sum in the query's measures; used by <see cref="OrderBy.Deviation"/> only.</summary>
    public int Sum { get; init; }

    public bool Descending { get; init; }
}
