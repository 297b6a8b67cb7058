using System.Globalization;
using System.Text.RegularExpressions;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>Reads what a host serves at /metrics.</summary>
internal static partial class MetricsText
{
    /// <summary>The value of a metric, all series with these labels added up.</summary>
    public static double Sum(string text, string name, params string[] labels) => Series().Matches(text)
        .Where(line => line.Groups["name"].Value == name && labels.All(line.Groups["labels"].Value.Contains))
        .Sum(line => double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(?<name>\w+)(\{(?<labels>[^}]*)\})? (?<value>\S+)", RegexOptions.Multiline)]
    private static partial Regex Series();
}
