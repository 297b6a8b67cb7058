using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>What <c>/api/v1/aggregate</c> responds, by grouping every sample.</summary>
internal static partial class AggregateOracle
{
    private const long SecondsPerDay = 86_400;

    public static object Response(AggregateQuery query, IEnumerable<OracleSample> samples, long pcode, long from, long to)
    {
        long window = Milliseconds(query.Window);
        List<OracleGroup> groups =
        [
            .. samples.Within(pcode, query.Kind, from, to)
                .Where(sample => OracleWhere.Holds(query, sample))
                .GroupBy(sample => Key(sample, query.By, window))
                .Select(group => new OracleGroup(query, [.. group], from, to, window)),
        ];
        groups.Sort((left, right) => Compare(query, left, right));
        string[] time = window > 0 ? ["time"] : [];
        return new Dictionary<string, object>
        {
            ["kind"] = query.Kind,
            ["from"] = from,
            ["to"] = to,
            ["window"] = query.Window ?? (object)JsonValueKind.Null,
            ["columns"] = new List<object>([.. time, .. query.By, .. query.Measures])
                .ConvertAll(name => (object)new Dictionary<string, object> { ["name"] = name, ["unit"] = Unit(query, (string)name) }),
            ["rows"] = groups.Take(query.Limit)
                .Select(group => (object)new List<object>([.. time, .. query.By, .. query.Measures])
                    .ConvertAll(column => group.Shown((string)column))).ToList(),
            ["total"] = (long)groups.Count,
            ["source"] = Source(),
            ["watermark"] = Moment(),
        };
    }

    private static string Key(OracleSample sample, string[] by, long window)
    {
        // Every part is told apart from every other by its length.
        StringBuilder key = new(OracleGroup.WindowOf(sample.Time, window).ToString(CultureInfo.InvariantCulture));
        foreach (string field in by)
        {
            string part = Convert.ToString(OracleField.Value(sample, field), CultureInfo.InvariantCulture) ?? "";
            key.Append(CultureInfo.InvariantCulture, $" {part.Length}:{part}");
        }

        return key.ToString();
    }

    private static int Compare(AggregateQuery query, OracleGroup left, OracleGroup right)
    {
        foreach (string order in (IEnumerable<string>)[.. query.Order, "time", .. query.By])
        {
            bool descending = order.StartsWith('-');
            int result = CompareValues(left.Exact(order.TrimStart('-')), right.Exact(order.TrimStart('-')));
            if (result != 0)
            {
                return descending ? -result : result;
            }
        }

        return 0;
    }

    private static int CompareValues(object? left, object? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string a, string b) => Utf8Order.Instance.Compare(a, b),
        var (a, b) => Compare(((BigInteger, BigInteger))a, ((BigInteger, BigInteger))b),
    };

    private static int Compare((BigInteger Numerator, BigInteger Denominator) left, (BigInteger Numerator, BigInteger Denominator) right) =>
        (left.Numerator * right.Denominator).CompareTo(right.Numerator * left.Denominator);

    private static string Unit(AggregateQuery query, string column) => column switch
    {
        "time" => "ms",
        "count" or "error_rate" or "apdex" => "1",
        "rate" => "1/s",
        _ when column.EndsWith(')') => OracleField.Unit(query.Kind, column[(column.IndexOf('(', StringComparison.Ordinal) + 1)..^1]),
        _ => "",
    };

    private static long Milliseconds(string? window) => window is null ? 0
        : long.Parse(window.AsSpan(..^1), CultureInfo.InvariantCulture) * 1_000 * window[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, _ => SecondsPerDay };

    [GeneratedRegex("^(raw|rollup|both)$")]
    private static partial Regex Source();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ$")]
    private static partial Regex Moment();
}
