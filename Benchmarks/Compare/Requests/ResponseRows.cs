using System.Globalization;
using System.Text.Json;

namespace TimeSeries.Benchmarks.Compare.Requests;

/// <summary>The rows of a response, ours or ClickHouse's (JSONCompact), and whether two answers are equal as far as rounding allows. Immutable.</summary>
internal sealed class ResponseRows
{
    // A mean as a double of exact integers differs in its last bits only; ours has at least nine digits.
    private const double Tolerance = 1e-9;

    private readonly string[][] _rows;

    private ResponseRows(string[][] rows) => _rows = rows;

    public int Count => _rows.Length;

    /// <summary>What our response was computed from; empty for others.</summary>
    public string Source { get; private init; } = "";

    /// <summary>Reads the rows under a name: <c>rows</c> of ours, <c>data</c> of ClickHouse.</summary>
    public static ResponseRows Read(ReadOnlySpan<byte> json, string name)
    {
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        string[][] rows = [.. document.RootElement.GetProperty(name).EnumerateArray()
            .Select(row => row.EnumerateArray().Select(cell => cell.ToString()).ToArray())];
        return new ResponseRows(rows) { Source = document.RootElement.TryGetProperty("source", out JsonElement source) ? source.GetString() ?? "" : "" };
    }

    /// <summary>The sum of a column.</summary>
    public double Sum(int column) => _rows.Sum(row => double.Parse(row[column], CultureInfo.InvariantCulture));

    /// <summary>The first difference, in words; null when both say the same in the same order.</summary>
    public string? DifferenceFrom(ResponseRows other)
    {
        if (Count != other.Count)
        {
            return $"{Count} rows here, {other.Count} there";
        }

        for (int row = 0; row < Count; row++)
        {
            for (int column = 0; column < Math.Max(_rows[row].Length, other._rows[row].Length); column++)
            {
                if (column >= _rows[row].Length || column >= other._rows[row].Length || !IsSame(_rows[row][column], other._rows[row][column]))
                {
                    return $"row {row}: {string.Join(", ", _rows[row])} here, {string.Join(", ", other._rows[row])} there";
                }
            }
        }

        return null;
    }

    private static bool IsSame(string here, string there) =>
        here == there
        || (double.TryParse(here, CultureInfo.InvariantCulture, out double x) && double.TryParse(there, CultureInfo.InvariantCulture, out double y)
            && Math.Abs(x - y) <= Tolerance * Math.Max(Math.Abs(x), Math.Abs(y)));
}
