using System.Globalization;

namespace TimeSeries.Benchmarks.Compare.Requests;

/// <summary>Reads numbers out of the Prometheus text format.</summary>
internal static class MetricText
{
    /// <summary>The sum of all series whose line starts so; 0 when there is none.</summary>
    /// <param name="text">All metrics.</param>
    /// <param name="name">A metric's name, with or without labels.</param>
    public static double Sum(string text, string name)
    {
        double sum = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{')
            {
                sum += double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return sum;
    }
}
