namespace TimeSeries.Ui.Data;

/// <summary>A part of the rows of a response of the API, as texts. Immutable.</summary>
/// <param name="Columns">Name and unit of each column, and whether it holds numbers.</param>
/// <param name="Rows">The rows of the part; null for a value that is missing.</param>
/// <param name="Count">How many rows the response has.</param>
/// <param name="Total">How many there are without the request's limit.</param>
public sealed record PageRows(
    IReadOnlyList<(string Name, string Unit, bool IsNumber)> Columns, IReadOnlyList<string?[]> Rows, int Count, long Total);
