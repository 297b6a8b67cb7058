using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TimeSeries.Benchmarks.Structure;

/// <summary>The numbers of one checkout, from its syntax trees alone: nothing is compiled.</summary>
internal sealed class SourceMetrics
{
    private const int TinyFileLines = 20;
    private const int FullFolderFiles = 20;

    private static readonly string[] _tests = ["Tests"];
    private static readonly string[] _benchmarks = ["Benchmarks", "DuckDb"];

    // Ports of the stores and their classes: a port that is cast to a class is no port.
    private static readonly string[] _stores = ["EmbeddedStore", "InfluxWriter", "InfluxReader"];

    private readonly List<SourceText> _files;
    private readonly List<(string Name, string Value)> _rows = [];
    private readonly List<string> _details = [];

    private SourceMetrics(List<SourceText> files) => _files = files;

    /// <summary>Each number by its name, in the order of the table.</summary>
    public IReadOnlyList<(string Name, string Value)> Rows => _rows;

    /// <summary>What is behind the numbers, a line each.</summary>
    public IReadOnlyList<string> Details => _details;

    /// <exception cref="DirectoryNotFoundException">There is no such checkout.</exception>
    public static SourceMetrics Of(string root)
    {
        List<SourceText> files = [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or ".git"))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceText(path, File.ReadAllText(Path.Combine(root, path))))];
        SourceMetrics metrics = new(files);
        metrics.Measure();
        return metrics;
    }

    private void Measure()
    {
        List<SourceText> product = [.. _files.Where(file => !_tests.Contains(file.Project) && !_benchmarks.Contains(file.Project))];
        Add("production files", product.Count);
        Add("production lines", Lines(product));
        Add("test lines", Lines(_files.Where(file => _tests.Contains(file.Project))));
        Add("benchmark lines", Lines(_files.Where(file => _benchmarks.Contains(file.Project))));
        Add($"production files of at most {TinyFileLines} lines",
            Named("tiny", product.Where(file => file.LineCount <= TinyFileLines).Select(file => file.Path)));
        Add($"folders over {FullFolderFiles} files", Named("folder", _files.GroupBy(file => file.Folder).Where(group => group.Count() > FullFolderFiles)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Count()}"))));
        MeasureConstructors(product);
        MeasureMethods(product);
        Add("type names used twice", Named("twice", product.Concat(_files.Where(file => _benchmarks.Contains(file.Project))).SelectMany(file => file.Types)
            .GroupBy(type => type).Where(group => group.Count() > 1).Select(group => group.Key)));
        Add("circles between folders of Core", Named("circle", Circles(product)));
        Add("files that cast a store's port", Named("cast", product.Where(file => file.Casts.Any(cast => _stores.Contains(cast))).Select(file => file.Path)));
    }

    private void MeasureConstructors(List<SourceText> product)
    {
        var widest = product.SelectMany(file => file.Constructors.Select(constructor => (constructor.Parameters, Text: $"{file.Path} {constructor.Type}")))
            .OrderByDescending(constructor => constructor.Parameters).ToList();
        Add("constructor parameters, most", widest[0].Parameters);
        _details.AddRange(widest.TakeWhile(constructor => constructor.Parameters > 8)
            .Select(constructor => string.Create(CultureInfo.InvariantCulture, $"constructor {constructor.Text} {constructor.Parameters}")));
    }

    private void MeasureMethods(List<SourceText> product)
    {
        int[] lengths = [.. product.SelectMany(file => file.MethodLengths).Order()];
        _rows.Add(("method length median, p90, most",
            string.Create(CultureInfo.InvariantCulture, $"{lengths[lengths.Length / 2]}, {lengths[lengths.Length * 9 / 10]}, {lengths[^1]}")));
    }

    // Pairs of top folders that name each other, directly or over others.
    private static List<string> Circles(List<SourceText> product)
    {
        Dictionary<string, HashSet<string>> uses = product.Where(file => file.Project == "Core" && file.TopFolder.Length > 0).GroupBy(file => file.TopFolder)
            .ToDictionary(group => group.Key, group => group.SelectMany(file => file.CoreFoldersUsed).Where(used => used != group.Key).ToHashSet());
        for (int i = 0; i < uses.Count; i++)
        {
            foreach (HashSet<string> used in uses.Values)
            {
                used.UnionWith(used.Where(uses.ContainsKey).SelectMany(folder => uses[folder]).ToArray());
            }
        }

        return [.. uses.Keys.Where(folder => uses[folder].Contains(folder))];
    }

    private void Add(string name, int value) => _rows.Add((name, value.ToString("N0", CultureInfo.InvariantCulture)));

    private static int Lines(IEnumerable<SourceText> files) => files.Sum(file => file.LineCount);

    private int Named(string what, IEnumerable<string> names)
    {
        string[] all = [.. names];
        _details.AddRange(all.Select(name => $"{what} {name}"));
        return all.Length;
    }

    private sealed class SourceText(string path, string text)
    {
        private readonly SyntaxNode _root = CSharpSyntaxTree.ParseText(text).GetRoot();

        public string Path { get; } = path;

        public string Project { get; } = path.Split('/')[0];

        public string Folder { get; } = path[..Math.Max(path.LastIndexOf('/'), 0)];

        public string TopFolder => Folder.Split('/') is [_, string top, ..] ? top : "";

        public int LineCount { get; } = text.Count(character => character == '\n');

        public IEnumerable<string> Types =>
            _root.DescendantNodes(node => node is not BaseTypeDeclarationSyntax).OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.Text);

        public IEnumerable<string> CoreFoldersUsed => _root.DescendantNodes().OfType<UsingDirectiveSyntax>()
            .Select(directive => directive.NamespaceOrType.ToString().Split('.'))
            .Where(parts => parts is ["TimeSeries", "Core", _, ..]).Select(parts => parts[2]);

        public IEnumerable<(string Type, int Parameters)> Constructors => _root.DescendantNodes().OfType<TypeDeclarationSyntax>()
            .Where(type => type is ClassDeclarationSyntax or StructDeclarationSyntax)
            .SelectMany(type => type.Members.OfType<ConstructorDeclarationSyntax>().Select(constructor => constructor.ParameterList).Append(type.ParameterList)
                .Where(list => list is not null).Select(list => (type.Identifier.Text, list!.Parameters.Count)));

        public IEnumerable<int> MethodLengths => _root.DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Where(method => method.Body is not null || method.ExpressionBody is not null)
            .Select(method => method.GetLocation().GetLineSpan())
            .Select(span => span.EndLinePosition.Line - span.StartLinePosition.Line + 1);

        public IEnumerable<string> Casts => _root.DescendantNodes().Select(node => node switch
        {
            CastExpressionSyntax cast => cast.Type.ToString(),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AsExpression or (int)SyntaxKind.IsExpression } test => test.Right.ToString(),
            DeclarationPatternSyntax pattern => pattern.Type.ToString(),
            TypePatternSyntax pattern => pattern.Type.ToString(),
            _ => "",
        });
    }
}
