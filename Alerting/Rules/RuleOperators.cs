namespace TimeSeries.Alerting.Rules;

/// <summary>Operators as they are written.</summary>
internal static class RuleOperators
{
    private static readonly string[] _signs = [">", ">=", "<", "<=", "==", "!="];

    /// <summary>All, for people to read.</summary>
    public static string All { get; } = string.Join(" ", _signs);

    public static string SignOf(RuleOperator @operator) => _signs[(int)@operator];

    public static RuleOperator? Find(string sign) => Array.IndexOf(_signs, sign) is >= 0 and var index ? (RuleOperator)index : null;

    public static bool IsUpper(RuleOperator @operator) => @operator is RuleOperator.Greater or RuleOperator.GreaterOrEqual;

    public static bool IsLower(RuleOperator @operator) => @operator is RuleOperator.Less or RuleOperator.LessOrEqual;
}
