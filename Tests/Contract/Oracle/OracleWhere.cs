using System.Globalization;
using System.Numerics;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>Whether a sample is meant by the filters of a query: fields AND; of a field values and parts OR, bounds AND, negations AND.</summary>
internal static class OracleWhere
{
    private static readonly string[] _operators = ["!:", "~:", ">=:", "<=:", ">:", "<:", ":"];

    public static bool Holds(AggregateQuery query, OracleSample sample)
    {
        (string Field, string Operator, string Value)[] all = [.. query.Where.Select(Split)];
        return all.Where(condition => condition.Operator == "!:").All(condition => !Equal(query.Kind, sample, condition.Field, condition.Value))
            && all.Where(condition => condition.Operator[0] is '>' or '<').All(condition => Meets(query.Kind, sample, condition))
            && all.Where(condition => condition.Operator is ":" or "~:").GroupBy(condition => condition.Field)
                .All(field => field.Any(condition => Meets(query.Kind, sample, condition)));
    }

    private static (string Field, string Operator, string Value) Split(string where)
    {
        int at = where.IndexOf(':', StringComparison.Ordinal);
        string @operator = _operators.First(known => where.AsSpan(0, at + 1).EndsWith(known, StringComparison.Ordinal));
        return (where[..(at + 1 - @operator.Length)], @operator, where[(at + 1)..]);
    }

    private static bool Meets(string kind, OracleSample sample, (string Field, string Operator, string Value) condition) => condition.Operator switch
    {
        ":" => Equal(kind, sample, condition.Field, condition.Value),
        "~:" => OracleField.Value(sample, condition.Field) is string text && text.Contains(condition.Value, StringComparison.OrdinalIgnoreCase),
        ">:" => OracleField.Value(sample, condition.Field) is long number && Compare(kind, condition, number) > 0,
        ">=:" => OracleField.Value(sample, condition.Field) is long number && Compare(kind, condition, number) >= 0,
        "<=:" => OracleField.Value(sample, condition.Field) is long number && Compare(kind, condition, number) <= 0,
        _ => OracleField.Value(sample, condition.Field) is long number && Compare(kind, condition, number) < 0,
    };

    private static bool Equal(string kind, OracleSample sample, string field, string value)
    {
        object? kept = OracleField.Value(sample, field);
        return value.Length == 0 || kept is null
            ? value.Length == 0 && kept is null
            : kept is long number ? Compare(kind, (field, ":", value), number) == 0 : (string)kept == value;
    }

    // Both in millionths of the wire's unit, finer than any value of a query.
    private static int Compare(string kind, (string Field, string Operator, string Value) condition, long kept)
    {
        var wanted = (BigInteger)(decimal.Parse(condition.Value, CultureInfo.InvariantCulture) * 1_000_000);
        return (kept * BigInteger.Pow(10, 6 - OracleField.Decimals(kind, condition.Field))).CompareTo(wanted);
    }
}
