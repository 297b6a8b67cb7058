namespace TimeSeries.Ui.Data;

/// <summary>Commands for a shell, to copy.</summary>
internal static class ShellCommand
{
    /// <summary>Gets an address of the API. The token stands in a variable of the shell.</summary>
    public static string Curl(string url) => $"curl -H \"Authorization: Bearer $TOKEN\" {Quote(url)}";

    // In single quotes nothing means anything but the quote itself.
    private static string Quote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
