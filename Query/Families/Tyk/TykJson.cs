using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Responses;
using static TimeSeries.Query.Families.Tyk.TykActivity;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>Activity as the vendor's JSON: <c>{"data":[…],"pages":n}</c>.</summary>
internal static class TykJson
{
    public static async Task WriteAsync(HttpContext context, TykRows rows, Func<QueryResult, int, TykRow> numbersOf)
    {
        await using JsonResponse response = await JsonResponse.StartAsync(context);
        Utf8JsonWriter json = response.Json;
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach ((QueryResult result, int row) in rows.OfPage())
        {
            Write(json, result, row, numbersOf(result, row));
            await response.FlushWhenFullAsync();
        }

        json.WriteEndArray();
        json.WriteNumber("pages"u8, rows.Pages);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, QueryResult result, int row, TykRow numbers)
    {
        json.WriteStartObject();
        json.WriteStartObject("id"u8);
        json.WriteNumber("day"u8, numbers.Day);
        json.WriteNumber("month"u8, numbers.Month);
        json.WriteNumber("year"u8, numbers.Year);
        json.WriteNumber("hour"u8, numbers.Hour);
        // What this statistic does not tell apart is 0 or empty in it.
        json.WriteNumber("code"u8, 0);
        json.WriteString("path"u8, result.KeyText(row, PathPart));
        json.WriteString("key"u8, ""u8);
        json.WriteString("alias"u8, ""u8);
        json.WriteString("url"u8, ""u8);
        json.WriteString("iso_country"u8, ""u8);
        json.WriteString("api_id"u8, result.KeyText(row, ApiIdPart));
        json.WriteString("api_name"u8, result.LatestText(row, (int)At.ApiName));
        json.WriteEndObject();
        json.WriteNumber("hits"u8, numbers.Hits);
        json.WriteNumber("success"u8, numbers.Success);
        json.WriteNumber("error"u8, numbers.Error);
        json.WriteString("last_hit"u8, numbers.LastHit);
        json.WriteNumber("request_time"u8, numbers.Latency);
        json.WriteNumber("latency"u8, numbers.Latency);
        json.WriteNumber("upstream_latency"u8, numbers.UpstreamLatency);
        json.WriteNumber("max_upstream_latency"u8, numbers.MaxUpstreamLatency);
        json.WriteNumber("min_upstream_latency"u8, numbers.MinUpstreamLatency);
        json.WriteNumber("max_latency"u8, numbers.MaxLatency);
        json.WriteNumber("min_latency"u8, numbers.MinLatency);

        // Not the vendor's, behind what is.
        json.WriteNumber("p95_latency"u8, numbers.P95Latency);
        json.WriteEndObject();
    }
}
