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
        Command command = new("structure", "Counts files, lines, folders, constructor parameters and method lengths of a checkout.") { root, before, details };
        command.SetAction(result => Run(result.GetValue(root)!, result.GetValue(before), result.GetValue(details)));
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
}
