using System.Text.RegularExpressions;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>What a statement does, by its first word after blanks, comments and opening brackets.</summary>
internal static partial class SqlVerb
{
    /// <summary>1 create or insert, 2 select, 3 update or merge, 4 delete, else 0.</summary>
    public static long Crud(string sql) => FirstWord().Match(sql).Groups["word"].Value.ToUpperInvariant() switch
    {
        "CREATE" or "INSERT" => 1,
        "SELECT" => 2,
        "UPDATE" or "MERGE" => 3,
        "DELETE" => 4,
        _ => 0,
    };

    [GeneratedRegex(@"\A(\s|\(|/\*.*?\*/|--[^\n]*\n)*(?<word>[A-Za-z_0-9]+)", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex FirstWord();
}
