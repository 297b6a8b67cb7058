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

    // A file entered by chance (a timer that came due) is in the measured list and not in the document, so only the other direction counts.
    private static async Task<int> ListPathsAsync(string root)
    {
        string document = await File.ReadAllTextAsync(Path.Combine(root, "ARCHITECTURE.md"));
        bool agrees = true;
        foreach ((string request, IReadOnlyList<string> files) in await EnteredFiles.MeasureAsync(root))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request}: {files.Count} files"));
            foreach (IGrouping<string, string> folder in files.GroupBy(file => file[..file.LastIndexOf('/')]))
            {
                string line = $"- `{folder.Key}`: {string.Join(", ", folder.Select(Path.GetFileNameWithoutExtension))}";
                bool isListed = document.Contains(line, StringComparison.Ordinal);
                agrees &= isListed;
                Console.WriteLine(isListed ? line : line + "  (ARCHITECTURE.md differs)");
            }
        }

        return agrees ? ExitCode.Success : ExitCode.Different;
    }
}
