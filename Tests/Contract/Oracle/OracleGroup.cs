using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>The samples of one group of an aggregate, and what its columns are: exactly, for the order, and as shown.</summary>
internal sealed class OracleGroup(AggregateQuery query, List<OracleSample> samples, long from, long to, long window)
{
    private readonly Dictionary<string, object?> _exact = [];

    public static long WindowOf(long time, long window) => window == 0 ? 0 : (long)Math.Floor((decimal)time / window) * window;

    private long Window => WindowOf(samples[0].Time, window);

    /// <summary>A text, a fraction in the parts that are kept (of a deviation: its square), or null.</summary>
    public object? Exact(string column) => _exact.TryGetValue(column, out object? known) ? known : _exact[column] = Compute(column);

    /// <summary>What is in the response.</summary>
    public object Shown(string column)
    {
        (string function, string field) = Split(column);
        int decimals = OracleField.Decimals(query.Kind, field);
        BigInteger parts = BigInteger.Pow(10, decimals);
        return Exact(column) switch
        {
            null => JsonValueKind.Null,
            string text => text,
            (BigInteger a, BigInteger b) => function switch
            {
                "rate" or "error_rate" or "apdex" => OracleNumbers.Nearest(a, b),
                "avg" => OracleNumbers.Nearest(a, b * parts),
                "stddev" => Deviation(a, b, parts),
                _ when function[0] == 'p' && field.Length > 0 => OracleNumbers.Rounded(a, b * parts, decimals == 0 ? 3 : decimals),
                _ => DecimalLiteral.Of(a, decimals),
            },
            object other => throw new NotSupportedException(other.ToString()),
        };
    }

    private object? Compute(string column)
    {
        (string function, string field) = Split(column);
        List<BigInteger> values = field.Length == 0 ? []
            : [.. samples.Select(sample => OracleField.Value(sample, field)).OfType<long>().Select(value => (BigInteger)value)];
        BigInteger sum = values.Aggregate(BigInteger.Zero, (total, value) => total + value);
        switch (function)
        {
            case "time":
                return Whole(Window);
            case "count":
                return Whole(samples.Count);
            case "rate":
                long length = window == 0 ? to - from : Math.Min(to, Window + window) - Math.Max(from, Window);
                return ((BigInteger)samples.Count * 1_000, (BigInteger)length);
            case "error_rate":
                return ((BigInteger)samples.Count(OracleField.IsError), (BigInteger)samples.Count);
            case "apdex":
                // T is 1,200 ms where a project says nothing: up to T counts whole, up to 4 T half, an error not at all.
                long points = samples.Where(sample => !OracleField.IsError(sample)).Select(sample => OracleField.Value(sample, "elapsed")).OfType<long>()
                    .Sum(elapsed => elapsed <= 1_200_000 ? 2 : elapsed <= 4_800_000 ? 1 : 0);
                return ((BigInteger)points, 2 * (BigInteger)samples.Count);
            case "sum":
                return Whole(sum);
            case "avg" or "min" or "max" or "stddev" or "p50" or "p90" or "p95" or "p99" or "p999" when values.Count == 0:
                return null;
            case "avg":
                return (sum, (BigInteger)values.Count);
            case "min":
                return Whole(values.Min());
            case "max":
                return Whole(values.Max());
            case "stddev":
                return (Radicand(field), BigInteger.Pow(values.Count, 2));
            case "p50" or "p90" or "p95" or "p99" or "p999":
                int thousandths = int.Parse(function.AsSpan(1), CultureInfo.InvariantCulture) * (function.Length == 3 ? 10 : 1);
                return OracleSketch.Exact(values.Select(value => (long)value), thousandths);
            default:
                object? part = OracleField.Value(samples[0], function);
                return part is long number ? Whole(number) : part;
        }
    }

    private static (BigInteger, BigInteger) Whole(BigInteger value) => (value, BigInteger.One);

    private static (string Function, string Field) Split(string column)
    {
        int open = column.IndexOf('(', StringComparison.Ordinal);
        return open < 0 ? (column, "") : (column[..open], column[(open + 1)..^1]);
    }

    // n·Σx² − (Σx)².
    private BigInteger Radicand(string field)
    {
        List<BigInteger> values = [.. samples.Select(sample => OracleField.Value(sample, field)).OfType<long>().Select(value => (BigInteger)value)];
        BigInteger sum = values.Aggregate(BigInteger.Zero, (total, value) => total + value);
        return values.Aggregate(BigInteger.Zero, (total, value) => total + (values.Count * value * value)) - (sum * sum);
    }

    // 100·√radicand / n·parts is √(10⁴·a/b) / parts, to the nearest integer, half to even.
    private static DecimalLiteral Deviation(BigInteger a, BigInteger b, BigInteger parts)
    {
        BigInteger divisor = OracleNumbers.Root(b) * parts;
        BigInteger hundredths = OracleNumbers.Root(10_000 * a) / divisor;
        int half = (40_000 * a).CompareTo(BigInteger.Pow(divisor * ((2 * hundredths) + 1), 2));
        return DecimalLiteral.Of(half > 0 || (half == 0 && !hundredths.IsEven) ? hundredths + 1 : hundredths, 2);
    }
}
