using System.Globalization;
using System.Net;
using System.Text;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>Draws how numbers grow with a size, both on logarithmic scales: a line that rises as steeply as the grid's diagonal grows in proportion.</summary>
internal static class SvgLines
{
    private const int Left = 70;
    private const int Right = 240;
    private const int Top = 30;
    private const int Bottom = 40;
    private const int Width = 480;
    private const int Height = 280;

    private static readonly string[] _colours = ["#0b6e99", "#c4501b", "#3c8031", "#7a4fa3", "#a3801f", "#666666"];

    /// <summary>One line a series; values that are not above 0 have no point.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="sizes">The sizes, ascending.</param>
    /// <param name="series">Their values, in the order of sizes; null where none was measured.</param>
    public static string Draw(string title, IReadOnlyList<double> sizes, IReadOnlyList<(string Name, double?[] Values)> series)
    {
        double[] all = [.. series.SelectMany(one => one.Values).OfType<double>().Where(value => value > 0)];
        if (all.Length == 0)
        {
            return "";
        }

        (double lowX, double highX) = Decades(sizes);
        (double lowY, double highY) = Decades(all);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg role=\"img\" viewBox=\"0 0 {Left + Width + Right} {Top + Height + Bottom}\" xmlns=\"http://www.w3.org/2000/svg\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"15\" class=\"title\">{WebUtility.HtmlEncode(title)}</text>");
        Grid(svg, lowX, highX, lowY, highY);
        for (int i = 0; i < series.Count; i++)
        {
            string colour = _colours[i % _colours.Length];
            List<string> points = [];
            for (int at = 0; at < sizes.Count; at++)
            {
                if (series[i].Values[at] is > 0 and { } value)
                {
                    string x = Place(sizes[at], lowX, highX, Left, Width);
                    string y = Place(value, lowY, highY, Top + Height, -Height);
                    points.Add($"{x},{y}");
                    svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\"/>");
                }
            }

            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(' ', points)}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{Left + Width + 10}\" y=\"{Top + 16 + (i * 20)}\" fill=\"{colour}\">{WebUtility.HtmlEncode(series[i].Name)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Grid(StringBuilder svg, double lowX, double highX, double lowY, double highY)
    {
        for (double x = lowX; x <= highX * 1.01; x *= 10)
        {
            string place = Place(x, lowX, highX, Left, Width);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{place}\" y1=\"{Top}\" x2=\"{place}\" y2=\"{Top + Height}\" class=\"grid\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{place}\" y=\"{Top + Height + 18}\" text-anchor=\"middle\">{NumberText.Of(x)}</text>");
        }

        for (double y = lowY; y <= highY * 1.01; y *= 10)
        {
            string place = Place(y, lowY, highY, Top + Height, -Height);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" y1=\"{place}\" x2=\"{Left + Width}\" y2=\"{place}\" class=\"grid\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{place}\" dy=\"4\" text-anchor=\"end\">{NumberText.Of(y)}</text>");
        }
    }

    private static (double Low, double High) Decades(IEnumerable<double> values)
    {
        double low = Math.Pow(10, Math.Floor(Math.Log10(values.Min())));
        double high = Math.Pow(10, Math.Ceiling(Math.Log10(values.Max())));
        return (low, Math.Max(high, low * 10));
    }

    private static string Place(double value, double low, double high, double start, double length) =>
        (start + (length * Math.Log10(value / low) / Math.Log10(high / low))).ToString("0.#", CultureInfo.InvariantCulture);
}
