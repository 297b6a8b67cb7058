using System.Collections.Immutable;

namespace TimeSeries.Core.Schema;

/// <summary>What queries can do with the fields of a kind, as their declaration says.</summary>
public static class FieldRules
{
    /// <summary>The functions of fields that are numbers (<see cref="IsNumber"/>).</summary>
    public static ImmutableArray<string> NumberFunctions { get; } = ["avg", "min", "max", "sum"];

    /// <summary>The functions of fields that are amounts as well (<see cref="IsAmount"/>).</summary>
    public static ImmutableArray<string> AmountFunctions { get; } = ["stddev", "p50", "p90", "p95", "p99", "p999"];

    /// <summary>Whether groups can be made by the field: names and the like, not prose.</summary>
    public static bool IsGroupable(Field field) =>
        field.Type == FieldType.Text ? field.Name is not ("message" or "stack" or "description") : field.Name is "oid" or "status";

    /// <summary>Whether the field has sums, means and extremes.</summary>
    public static bool IsNumber(Field field) => !field.IsText;

    /// <summary>Whether the field is an amount, which has a deviation and percentiles; moments and numbers that may be negative are none.</summary>
    public static bool IsAmount(Field field) => !field.IsText && field.Type != FieldType.Time && field.Minimum >= 0;

    /// <summary>Whether samples of the kind can be errors.</summary>
    public static bool CanFail(KindSchema kind) => kind.Kind is Kind.Transaction or Kind.Sql or Kind.Httpc;

    /// <summary>Whether samples of the kind have an apdex: requests of users, who are satisfied or not.</summary>
    public static bool HasApdex(KindSchema kind) => kind.Kind == Kind.Transaction;

    /// <summary>The measures of samples, whatever their fields: <c>count</c> and the like.</summary>
    public static ImmutableArray<string> Measures(KindSchema kind) =>
        HasApdex(kind) ? ["count", "rate", "error_rate", "apdex"] : CanFail(kind) ? ["count", "rate", "error_rate"] : ["count", "rate"];

    /// <summary>The functions that measures apply to a field: <c>avg</c> of <c>avg(elapsed)</c>.</summary>
    public static ImmutableArray<string> Functions(Field field) =>
        IsAmount(field) ? [.. NumberFunctions, .. AmountFunctions] : IsNumber(field) ? NumberFunctions : [];

    /// <summary>The operators by which conditions compare the field with a value.</summary>
    public static ImmutableArray<string> Operators(Field field) =>
        field.IsText ? [":", "!:", "~:"] : field.Type == FieldType.Boolean ? [":", "!:"] : [":", "!:", ">:", ">=:", "<:", "<=:"];

    /// <summary>How many decimals of the wire's unit are kept.</summary>
    public static int Decimals(Field field) => field.Type switch
    {
        FieldType.Duration => 3,
        FieldType.Number => 6,
        FieldType.Time or FieldType.Integer or FieldType.Boolean or FieldType.Text or FieldType.Map => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    /// <summary>How many whole parts, as kept, make one of the wire's unit.</summary>
    public static long PartsPerUnit(Field field) => Decimals(field) switch
    {
        3 => 1_000,
        6 => 1_000_000,
        _ => 1,
    };

    /// <summary>The names of those fields of a kind that a rule allows, for the caller to read.</summary>
    public static string Names(KindSchema kind, Func<Field, bool> can) => string.Join(", ", kind.Fields.Where(can).Select(field => field.Name));
}
