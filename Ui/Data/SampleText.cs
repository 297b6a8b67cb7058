using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ui.Data;

/// <summary>Values of samples as people read them.</summary>
internal static class SampleText
{
    private const double MillionthsPerUnit = 1_000_000;

    /// <summary>A value in the unit of the API; empty when it is missing.</summary>
    public static string Of(SampleList list, int row, int place, Field field)
    {
        if (field.IsText)
        {
            return Encoding.UTF8.GetString(list.Text(row, place));
        }

        long number = list.Number(row, place);
        return number == NumberColumn.Missing ? "" : field.Type switch
        {
            FieldType.Duration => Statistic.Milliseconds(number),
            FieldType.Number => (number / MillionthsPerUnit).ToString("#,##0.######", CultureInfo.InvariantCulture),
            FieldType.Boolean => number == 1 ? "yes" : "no",
            _ => number.ToString(CultureInfo.InvariantCulture),
        };
    }
}
