using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>A result as lines of text, in the form of <see cref="Expected"/>.</summary>
internal static class ResultLines
{
    public static double[] Quantiles { get; } = [0, 0.5, 0.95, 0.999, 1];

    /// <summary>What the lines must be, from the naive reader.</summary>
    public static List<string> Expected(SampleQuery query, IReadOnlyList<Row> rows)
    {
        using RowResult result = new RowReader(rows) { UsesSketches = true }.Result(query);
        return Of(query, result);
    }

    public static List<string> Of(SampleQuery query, QueryResult result)
    {
        List<string> lines = [FormattableString.Invariant($"total {result.TotalGroups}")];
        for (int row = 0; row < result.RowCount; row++)
        {
            StringBuilder line = new(FormattableString.Invariant($"{result.WindowStart(row)}"));
            for (int part = 0; part < query.GroupBy.Length; part++)
            {
                line.Append(CultureInfo.InvariantCulture, $" [{Key(query, result, row, part)}]");
            }

            for (int measure = 0; measure < query.Measures.Length; measure++)
            {
                line.Append(" | ").Append(Text(query, result, row, measure));
            }

            lines.Add(line.ToString());
        }

        return lines;
    }

    private static string Key(SampleQuery query, QueryResult result, int row, int part)
    {
        bool isText = SampleSchema.Of(query.Kind).Fields[query.GroupBy[part].Field].IsText;
        return result.KeyMissing(row, part) ? "missing"
            : isText ? Encoding.UTF8.GetString(result.KeyText(row, part))
            : FormattableString.Invariant($"{result.KeyNumber(row, part)}");
    }

    private static string Text(SampleQuery query, QueryResult result, int row, int index)
    {
        Measure measure = query.Measures[index];
        bool isText = measure.Field >= 0 && SampleSchema.Of(query.Kind).Fields[measure.Field].IsText;
        return measure.Kind switch
        {
            MeasureKind.Count or MeasureKind.Satisfied or MeasureKind.Tolerated => FormattableString.Invariant($"{result.Count(row, index)}"),
            MeasureKind.Sum => FormattableString.Invariant($"{result.Sum(row, index)}"),
            MeasureKind.SumOfSquares => FormattableString.Invariant($"{result.SumOfSquares(row, index)}"),
            MeasureKind.Set => string.Join(',', result.Set(row, index).ToArray()),
            MeasureKind.Sketch => string.Join(' ', Quantiles.Select(quantile => FormattableString.Invariant($"{result.Quantile(row, index, quantile):R}"))),
            MeasureKind.Latest when isText => Encoding.UTF8.GetString(result.LatestText(row, index)),
            MeasureKind.Latest => result.Number(row, index) == NumberColumn.Missing ? "" : FormattableString.Invariant($"{result.Number(row, index)}"),
            _ => result.Number(row, index) == NumberColumn.Missing ? "missing" : FormattableString.Invariant($"{result.Number(row, index)}"),
        };
    }
}
