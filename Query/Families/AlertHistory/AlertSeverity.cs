using System.Collections.Immutable;
using System.Globalization;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>The severities: their names, and their numbers as clients know them (0 Info, 1 Warning, 2 Critical).</summary>
internal static class AlertSeverity
{
    /// <summary>The names by number, the least first.</summary>
    public static ImmutableArray<string> Names { get; } = ["Info", "Warning", "Critical"];

    /// <summary>The number that a text names: a name in any case, or the number itself.</summary>
    public static bool TryParse(string text, out int severity)
    {
        string trimmed = text.Trim();
        severity = -1;
        for (int i = 0; i < Names.Length; i++)
        {
            if (trimmed.Equals(Names[i], StringComparison.OrdinalIgnoreCase) || trimmed == i.ToString(CultureInfo.InvariantCulture))
            {
                severity = i;
            }
        }

        return severity >= 0;
    }

    /// <summary>The number of a severity as it is kept; −1 for any other text.</summary>
    public static int Find(ReadOnlySpan<byte> kept) => kept switch
    {
        _ when kept.SequenceEqual("Info"u8) => 0,
        _ when kept.SequenceEqual("Warning"u8) => 1,
        _ when kept.SequenceEqual("Critical"u8) => 2,
        _ => -1,
    };
}
