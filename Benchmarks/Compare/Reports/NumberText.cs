using System.Globalization;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>Numbers as people read them: three digits, or all before the point.</summary>
internal static class NumberText
{
    public static string Of(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    public static string Of(bool? met) => met switch { true => "yes", false => "**no**", null => "–" };
}
