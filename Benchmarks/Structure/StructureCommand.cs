using System.CommandLine;
using System.Globalization;

namespace TimeSeries.Benchmarks.Structure;

/// <summary>
/// The command <c>structure</c>: counts what tells whether a stranger finds the way through the code (files, folders, constructors, methods) and prints a
/// table,
/// beside the same numbers of another checkout when <c>--before</c> names one.
/// </summary>
internal static class StructureCommand
{
    public static Command Create()
    {
        Option<string> root = CommandOption.Of("--root", "The checkout that is measured.", ".");
        Option<string?> before = CommandOption.Of<string?>("--before", "Another checkout, whose numbers stand beside.");
        Option<bool> details = CommandOption.Of<bool>("--details", "Also names each folder, file and constructor behind the numbers.");
        Option<bool> paths = CommandOption.Of<bool>(
            "--paths",
            "Instead, sends a push and a query to a host of its own and lists the files that each enters; ends with 5 when ARCHITECTURE.md has other lists.");
        Command command = new("structure",
            "Counts files, lines, folders, constructor parameters and method lengths of a checkout.") { root, before, details, paths };
        command.SetAction((result, _) => result.GetValue(paths)
            ? ListPathsAsync(result.GetValue(root)!)
            : Task.FromResult(Run(result.GetValue(root)!, result.GetValue(before), result.GetValue(details))));
        return command;
    }

    private static int Run(string root, string? before, bool details)
    {
        SourceMetrics now = SourceMetrics.Of(root);
        SourceMetrics? then = before is null ? null : SourceMetrics.Of(before);
        Console.WriteLine(then is null ? "| number | now |\n|---|---|" : "| number | before | now |\n|---|---|---|");
        for (int i = 0; i < now.Rows.Count; i++)
        {
            (string name, string value) = now.Rows[i];
            Console.WriteLine(then is null
                ? string.Create(CultureInfo.InvariantCulture, $"| {name} | {value} |")
                : string.Create(CultureInfo.InvariantCulture, $"| {name} | {then.Rows[i].Value} | {value} |"));
        }

        foreach (string line in details ? now.Details : [])
        {
            Console.WriteLine(line);
        }

        return ExitCode.Success;
    }

    private static async Task<int> ListPathsAsync(string root)
    {
        string document = await File.ReadAllTextAsync(Path.Combine(root, "ARCHITECTURE.md"));
        bool agrees = true;
        foreach ((string request, IReadOnlyList<string> files) in await EnteredFiles.MeasureAsync(root))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request}: {files.Count} files"));
            foreach (IGrouping<string, string> folder in files.GroupBy(file => file[..file.LastIndexOf('/')]))
            {
                string[] names = [.. folder.Select(file => Path.GetFileNameWithoutExtension(file)!)];
                Console.WriteLine($"- `{folder.Key}`: {string.Join(", ", names)}");
                string[] missing = [.. names.Except(ListedFiles(document, request, folder.Key))];
                agrees &= missing.Length == 0;
                if (missing.Length > 0)
                {
                    Console.WriteLine($"  ARCHITECTURE.md lacks {string.Join(", ", missing)}");
                }
            }
        }

        return agrees ? ExitCode.Success : ExitCode.Different;
    }

    // The names in the line of a folder, behind the request's marker.
    private static string[] ListedFiles(string document, string request, string folder)
    {
        int section = document.IndexOf($"<!-- {request} -->", StringComparison.Ordinal);
        int end = section < 0 ? -1 : document.IndexOf("<!-- end -->", section, StringComparison.Ordinal);
        string line = end < 0 ? "" : document[section..end].Split('\n').FirstOrDefault(text => text.StartsWith($"- `{folder}`:", StringComparison.Ordinal), "");
        return line.Length == 0 ? [] : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(',', StringSplitOptions.TrimEntries);
    }
}
