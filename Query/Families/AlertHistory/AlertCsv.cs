using System.Collections.Immutable;
using System.Text;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>CSV in place of JSON: a header line, then values to the letter.</summary>
internal static class AlertCsv
{
    /// <summary>Sends the head of a 200 and the names of the columns.</summary>
    public static async ValueTask<CsvResponse> StartAsync(HttpContext context, params ImmutableArray<string> columns)
    {
        CsvResponse csv = await CsvResponse.StartAsync(context);
        foreach (string column in columns)
        {
            csv.WriteText(column);
        }

        await csv.EndLineAsync();
        return csv;
    }

    public static void WriteText(this CsvResponse csv, string value) => csv.Write(Cell.Text(Encoding.UTF8.GetBytes(value)));
}
