using System.Globalization;
using System.Text.Json;

namespace TimeSeries.Benchmarks.Compare.Requests;

/// <summary>The rows of a response, ours or another system's, and whether two are equal as far as rounding allows. Immutable.</summary>
internal sealed class ResponseRows
{
    /// <summary>The name of our rows.</summary>
    public const string Ours = "rows";

    /// <summary>The name of ClickHouse's rows (JSONCompact) and of those that the host of DuckDB writes.</summary>
    public const string Theirs = "data";

    // A mean as a double of exact integers differs in its last bits only; ours has at least nine digits.
    private const double Tolerance = 1e-9;

    // A percentile of ours is within 1 % of the exact value, and has three decimals.
    private const double PercentileTolerance = 0.01;
    private const double PercentileRounding = 0.0005;

    private readonly string[][] _rows;

    private ResponseRows(string[][] rows) => _rows = rows;

    public int Count => _rows.Length;

    /// <summary>What our response was computed from; empty for others.</summary>
    public string Source { get; private init; } = "";

    /// <summary>Reads the rows under a name.</summary>
    public static ResponseRows Read(ReadOnlySpan<byte> json, string name)
    {
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        string[][] rows = [.. document.RootElement.GetProperty(name).EnumerateArray()
            .Select(row => row.EnumerateArray().Select(cell => cell.ToString()).ToArray())];
        return new ResponseRows(rows) { Source = SourceOf(document) };
    }

    /// <summary>Reads how many rows our response would have without its limit, as a row of one cell.</summary>
    public static ResponseRows ReadTotal(ReadOnlySpan<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        return new ResponseRows([[document.RootElement.GetProperty("total").ToString()]]) { Source = SourceOf(document) };
    }

    /// <summary>The sum of a column.</summary>
    public double Sum(int column) => _rows.Sum(row => double.Parse(row[column], CultureInfo.InvariantCulture));

    /// <summary>The first difference, in words; null when both say the same in the same order.</summary>
    /// <param name="other">What these rows must equal.</param>
    /// <param name="percentileColumn">The column that needs be within the promised distance only; null for none.</param>
    public string? DifferenceFrom(ResponseRows other, int? percentileColumn = null)
    {
        if (Count != other.Count)
        {
            return $"{Count} rows here, {other.Count} there";
        }

        for (int row = 0; row < Count; row++)
        {
            for (int column = 0; column < Math.Max(_rows[row].Length, other._rows[row].Length); column++)
            {
                if (column >= _rows[row].Length || column >= other._rows[row].Length
                    || !IsSame(_rows[row][column], other._rows[row][column], column == percentileColumn))
                {
                    return $"row {row}: {string.Join(", ", _rows[row])} here, {string.Join(", ", other._rows[row])} there";
                }
            }
        }

        return null;
    }

    private static string SourceOf(JsonDocument document) =>
        document.RootElement.TryGetProperty("source", out JsonElement source) ? source.GetString() ?? "" : "";

    private static bool IsSame(string here, string there, bool isPercentile) =>
        here == there
        || (double.TryParse(here, CultureInfo.InvariantCulture, out double x) && double.TryParse(there, CultureInfo.InvariantCulture, out double y)
            && Math.Abs(x - y) <= (isPercentile ? (PercentileTolerance * Math.Abs(y)) + PercentileRounding : Tolerance * Math.Max(Math.Abs(x), Math.Abs(y))));
}
