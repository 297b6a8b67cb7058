using System.Globalization;
using System.Text;

namespace TimeSeries.Ingest.Protocols.Lines;

/// <summary>Responds to what the clients of InfluxDB ask before they write: ping, health and ready. It needs no token. Thread safe.</summary>
internal sealed class LinesHealth(TimeProvider clock)
{
    private readonly DateTimeOffset _started = clock.GetUtcNow();
    private readonly long _startedAt = clock.GetTimestamp();

    /// <summary>Says which version's writers are understood: clients choose by it how they write.</summary>
    public static Task RespondPingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers["X-Influxdb-Version"] = "1.8.10-timeseries";
        context.Response.Headers["X-Influxdb-Build"] = "OSS";
        return Task.CompletedTask;
    }

    /// <summary>Says that writes are taken.</summary>
    public static Task RespondHealthAsync(HttpContext context) =>
        RespondAsync(context, """{"name":"influxdb","message":"ready for queries and writes","status":"pass"}""");

    /// <summary>Says since when.</summary>
    public Task RespondReadyAsync(HttpContext context)
    {
        string up = Duration(clock.GetElapsedTime(_startedAt));
        return RespondAsync(context, $$"""{"status":"ready","started":"{{_started.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}}","up":"{{up}}"}""");
    }

    // As Go writes a duration: 1h2m3.5s.
    private static string Duration(TimeSpan time)
    {
        string hours = time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}h") : "";
        string minutes = time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{hours}{minutes}{time.Seconds + time.Milliseconds / 1e3:0.###}s");
    }

    private static Task RespondAsync(HttpContext context, string json)
    {
        byte[] body = Encoding.ASCII.GetBytes(json);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body).AsTask();
    }
}
