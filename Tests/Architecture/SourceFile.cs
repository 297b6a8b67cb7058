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

    /// <summary>The types that stand directly in the namespace: declared at the line's start.</summary>
    public IReadOnlyList<string> TopLevelTypes => [.. Declaration().Matches(Code).Select(match => match.Groups["name"].Value).Distinct()];

    /// <summary>All types, nested ones too.</summary>
    public IReadOnlyList<string> Types => [.. AnyDeclaration().Matches(Code).Select(match => match.Groups["name"].Value).Distinct()];

    /// <summary>The namespaces of the product that the file names, in a using or before a type: <c>Core.Model</c>.</summary>
    public IReadOnlyList<string> Uses => [.. ProductNamespace().Matches(NamespaceLine().Replace(Code, "")).Select(match => match.Groups["name"].Value).Distinct()];

    public override string ToString() => RelativePath;

    [GeneratedRegex("""/\*.*?\*/|//[^\n]*|"{3,}.*?"{3,}|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*" """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|unsafe|ref)\s+)*(?:record\s+struct|record\s+class|record|class|struct|interface|enum|delegate\s+[\w<>?\[\]]+)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^[ \t]*(?:(?:public|internal|private|protected|file|sealed|static|abstract|partial|readonly|unsafe|ref)\s+)*(?:record\s+struct|record\s+class|record|class|struct|interface|enum)\s+(?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex AnyDeclaration();

    [GeneratedRegex(@"(?<![\w.])(?:TimeSeries\.)?(?<name>(?:Core|Hosting|Ingest|Query|Server|Benchmarks|Tests)(?:\.[A-Z]\w*)+)")]
    private static partial Regex ProductNamespace();

    [GeneratedRegex(@"^namespace [^\n]*$", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
