using System.Text.RegularExpressions;

namespace TimeSeries.Tests.Architecture;

/// <summary>One C# file of the repository.</summary>
internal sealed partial record SourceFile(string RelativePath, string Text)
{
    /// <summary>The top-level folder, which is the project.</summary>
    public string Project => RelativePath.Split('/')[0];

    /// <summary>The folder inside the project; empty at its top.</summary>
    public string Folder => string.Join('/', RelativePath.Split('/')[1..^1]);

    public string Name => Path.GetFileNameWithoutExtension(RelativePath);

    public int LineCount => Text.Count(c => c == '\n');

    /// <summary>The text without comments and without what stands in quotes.</summary>
    public string Code => field ??= CommentOrText().Replace(Text, match => match.Value[0] == '/' ? " " : "\"\"");

    /// <summary>The types directly in the namespace, declared at the line's start, and the lines that each has to its closing brace.</summary>
    public IReadOnlyDictionary<string, int> TopLevelTypes => Declaration().Matches(Code).GroupBy(match => match.Groups["name"].Value)
        .ToDictionary(group => group.Key, group => group.Sum(match => LinesFrom(match.Index)));

    /// <summary>All types, nested ones too.</summary>
    public IReadOnlyList<string> Types => [.. AnyDeclaration().Matches(Code).Select(match => match.Groups["name"].Value).Distinct()];

    /// <summary>The namespaces of the product that the file names, in a using or before a type: <c>Core.Model</c>.</summary>
    public IReadOnlyList<string> Uses =>
        [.. ProductNamespace().Matches(NamespaceLine().Replace(Code, "")).Select(match => match.Groups["name"].Value).Distinct()];

    public override string ToString() => RelativePath;

    private int LinesFrom(int start)
    {
        // A record without a body ends with its head.
        Match head = EndOfHead().Match(Code, start);
        Match end = head.Value == "{" ? EndOfBody().Match(Code, head.Index) : head;
        return Code.AsSpan(start..(end.Success ? end.Index : Code.Length)).Count('\n') + 1;
    }

    [GeneratedRegex("""/\*.*?\*/|//[^\n]*|"{3,}.*?"{3,}|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*" """,
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|unsafe|ref)\s+)*"
        + @"(?:record\s+struct|record\s+class|record|class|struct|interface|enum|delegate\s+[\w<>?\[\]]+)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^[ \t]*(?:(?:public|internal|private|protected|file|sealed|static|abstract|partial|readonly|unsafe|ref)\s+)*"
        + @"(?:record\s+struct|record\s+class|record|class|struct|interface|enum)\s+(?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex AnyDeclaration();

    [GeneratedRegex(@"(?<![\w.])(?:TimeSeries\.)?(?<name>(?:Agent|Alerting|Core|Hosting|Ingest|Query|Server|Benchmarks|Tests)(?:\.[A-Z]\w*)+)")]
    private static partial Regex ProductNamespace();

    [GeneratedRegex(@"^\{|;$", RegexOptions.Multiline)]
    private static partial Regex EndOfHead();

    [GeneratedRegex(@"^\}", RegexOptions.Multiline)]
    private static partial Regex EndOfBody();

    [GeneratedRegex(@"^namespace [^\n]*$", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
