using System.Globalization;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>Writes the statistics: an array of objects, or CSV with a column a member.</summary>
internal static class AlertCounts
{
    public static async ValueTask WriteSeveritiesAsync(HttpContext context, List<AlertCount> counts)
    {
        await using JsonResponse answer = await JsonResponse.StartAsync(context);
        answer.Json.WriteStartArray();
        foreach (AlertCount count in counts)
        {
            answer.Json.WriteStartObject();
            WriteCount(answer.Json, count);
            answer.Json.WriteEndObject();
        }

        answer.Json.WriteEndArray();
    }

    public static async ValueTask WriteSeveritiesCsvAsync(HttpContext context, List<AlertCount> counts)
    {
        await using CsvResponse csv = await AlertCsv.StartAsync(context, "severity", "count");
        foreach (AlertCount count in counts)
        {
            csv.WriteText(AlertSeverity.Names[count.Severity]);
            csv.WriteText(count.Count.ToString(CultureInfo.InvariantCulture));
            await csv.EndLineAsync();
        }
    }

    public static async ValueTask WriteSourcesAsync(HttpContext context, QueryResult result)
    {
        await using JsonResponse answer = await JsonResponse.StartAsync(context);
        answer.Json.WriteStartArray();
        for (int row = 0; row < result.RowCount; row++)
        {
            answer.Json.WriteStartObject();
            answer.Json.WriteString("source"u8, result.KeyText(row, 0));
            answer.Json.WriteNumber("count"u8, result.Count(row, 0));
            answer.Json.WriteEndObject();
            await answer.FlushWhenFullAsync();
        }

        answer.Json.WriteEndArray();
    }

    public static async ValueTask WriteSourcesCsvAsync(HttpContext context, QueryResult result)
    {
        await using CsvResponse csv = await AlertCsv.StartAsync(context, "source", "count");
        for (int row = 0; row < result.RowCount; row++)
        {
            csv.Write(Cell.Text(result.KeyText(row, 0)));
            csv.WriteText(result.Count(row, 0).ToString(CultureInfo.InvariantCulture));
            await csv.EndLineAsync();
        }
    }

    public static async ValueTask WriteTimelineAsync(HttpContext context, List<AlertCount> counts)
    {
        await using JsonResponse answer = await JsonResponse.StartAsync(context);
        answer.Json.WriteStartArray();
        foreach (AlertCount count in counts)
        {
            answer.Json.WriteStartObject();
            answer.Json.WriteString("time"u8, AlertMoment.Format(count.Window));
            WriteCount(answer.Json, count);
            answer.Json.WriteEndObject();
            await answer.FlushWhenFullAsync();
        }

        answer.Json.WriteEndArray();
    }

    public static async ValueTask WriteTimelineCsvAsync(HttpContext context, List<AlertCount> counts)
    {
        await using CsvResponse csv = await AlertCsv.StartAsync(context, "time", "severity", "count");
        foreach (AlertCount count in counts)
        {
            csv.WriteText(AlertMoment.Format(count.Window));
            csv.WriteText(AlertSeverity.Names[count.Severity]);
            csv.WriteText(count.Count.ToString(CultureInfo.InvariantCulture));
            await csv.EndLineAsync();
        }
    }

    private static void WriteCount(Utf8JsonWriter json, AlertCount count)
    {
        json.WriteString("severity"u8, AlertSeverity.Names[count.Severity]);
        json.WriteNumber("count"u8, count.Count);
    }
}

/// <summary>How many alerts of one severity there are.</summary>
/// <param name="Window">Start of their window of time in ms; 0 where there are no windows.</param>
/// <param name="Severity">The severity's number.</param>
/// <param name="Count">How many.</param>
internal readonly record struct AlertCount(long Window, int Severity, long Count);
