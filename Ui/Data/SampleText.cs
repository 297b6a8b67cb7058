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
    private const double BytesPerStep = 1_024;

    private static readonly string[] _byteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Bytes in the unit that leaves at most four digits.</summary>
    public static string Bytes(long bytes)
    {
        double number = bytes;
        int unit = 0;
        while (Math.Abs(number) >= BytesPerStep && unit < _byteUnits.Length - 1)
        {
            number /= BytesPerStep;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{number:0.#} {_byteUnits[unit]}");
    }

    /// <summary>How many a second; a dash where it is not known.</summary>
    public static string Rate(double? perSecond) => perSecond?.ToString("#,##0.0", CultureInfo.InvariantCulture) ?? "–";

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
