using System.Globalization;
using System.Net;
using System.Text;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>Draws numbers as horizontal bars, as SVG that needs nothing else.</summary>
internal static class SvgBars
{
    private const int LabelWidth = 300;
    private const int BarWidth = 460;
    private const int NumberWidth = 120;
    private const int LineHeight = 22;
    private const int BarHeight = 15;

    /// <summary>Bars from 0 to the greatest value; those of ours stand out.</summary>
    public static string Draw(string title, IReadOnlyList<(string Label, double Value)> bars)
    {
        StringBuilder svg = new();
        double greatest = Math.Max(bars.Max(bar => bar.Value), double.Epsilon);
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg role=\"img\" viewBox=\"0 0 {LabelWidth + BarWidth + NumberWidth} {(bars.Count + 1) * LineHeight + 8}\" "
                + $"xmlns=\"http://www.w3.org/2000/svg\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"15\" class=\"title\">{WebUtility.HtmlEncode(title)}</text>");
        for (int i = 0; i < bars.Count; i++)
        {
            (string label, double value) = bars[i];
            int y = (i + 1) * LineHeight;
            double width = Math.Max(1, BarWidth * value / greatest);
            string kind = label.StartsWith(ReportNames.Ours, StringComparison.Ordinal) ? "ours" : "other";
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth - 8}\" y=\"{y + 13}\" text-anchor=\"end\">{WebUtility.HtmlEncode(label)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{LabelWidth}\" y=\"{y + 1}\" width=\"{width:0.#}\" height=\"{BarHeight}\" class=\"{kind}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth + width + 6:0.#}\" y=\"{y + 13}\">{NumberText.Of(value)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }
}
