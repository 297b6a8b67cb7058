using System.Globalization;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>What <c>/api/v1/heatmap</c> counts: each sample falls in the column of its time and the last row that begins at its elapsed or below.</summary>
internal static class HeatmapOracle
{
    /// <summary>Both scales, other sizes, a filter, and each kind that takes time.</summary>
    public static IReadOnlyList<OracleEndpoint> Endpoints { get; } =
    [
        Endpoint("transaction", columns: 300, rows: 100, logarithmic: true, max: 10_000_000, _ => true, ""),
        Endpoint("transaction", columns: 7, rows: 12, logarithmic: false, max: 1_500_500, _ => true, "&x=7&y=12&scale=linear&max=1500.5"),
        Endpoint("transaction", columns: 2, rows: 1, logarithmic: true, max: 5_000,
            sample => sample.Text("service") == "/hot", "&x=2&y=1&scale=log&max=5&where=service:/hot"),
        Endpoint("sql", columns: 1_000, rows: 2, logarithmic: true, max: 10_000_000, _ => true, "&x=1000&y=2"),
        Endpoint("httpc", columns: 60, rows: 50, logarithmic: false, max: 20, _ => true, "&x=60&y=50&scale=linear&max=0.02"),
    ];

    private static OracleEndpoint Endpoint(
        string kind, int columns, int rows, bool logarithmic, long max, Func<OracleSample, bool> counts, string parameters) => new(
            $"heatmap of {kind} {parameters}",
            (from, to) => string.Create(CultureInfo.InvariantCulture, $"/api/v1/heatmap?kind={kind}&from={from}&to={to}{parameters}"),
            (samples, pcode, from, to) => Response(
                [.. samples.Within(pcode, kind, from, to).Where(counts)], (from, to), columns, logarithmic ? Logarithmic(rows, max) : Linear(rows, max)));

    private static Dictionary<string, object> Response(List<OracleSample> samples, (long From, long To) range, int columns, List<long> edges)
    {
        long length = range.To - range.From;
        long step = length / columns + (length % columns == 0 ? 0 : 1);
        return new()
        {
            ["from"] = range.From,
            ["to"] = range.To,
            ["xStep"] = step,
            ["yEdges"] = edges.ConvertAll(edge => (object)(edge / 1_000m)),
            ["count"] = Bins(samples, range.From, step, edges),
            ["errors"] = Bins(samples.Where(OracleField.IsError), range.From, step, edges),
            ["total"] = (long)samples.Count,
        };
    }

    private static List<object> Bins(IEnumerable<OracleSample> samples, long from, long step, List<long> edges) =>
    [
        .. samples.GroupBy(sample => (Column: (sample.Time - from) / step, Row: (long)edges.FindLastIndex(edge => edge <= sample.Term("elapsed"))))
            .OrderBy(bin => bin.Key.Column).ThenBy(bin => bin.Key.Row)
            .Select(bin => new List<object> { bin.Key.Column, bin.Key.Row, (long)bin.Count() }),
    ];

    // Edges in µs. The last row begins at max, and none begins where the one before does.
    private static List<long> Linear(int rows, long max) => Ascending(Enumerable.Range(0, rows).Select(row => row == 0 ? 0 : max * row / (rows - 1)));

    // From a millisecond on each is the same factor greater than the one before.
    private static List<long> Logarithmic(int rows, long max) => Ascending(Enumerable.Range(0, rows).Select(row =>
        row == 0 ? 0 : row == rows - 1 ? max : (long)Math.Round(1_000 * Math.Pow(max / 1_000.0, (row - 1.0) / (rows - 2)))));

    private static List<long> Ascending(IEnumerable<long> edges)
    {
        List<long> ascending = [];
        foreach (long edge in edges)
        {
            ascending.Add(ascending.Count == 0 ? edge : Math.Max(edge, ascending[^1] + 1));
        }

        return ascending;
    }
}
