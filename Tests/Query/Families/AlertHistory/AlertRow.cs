using System.Globalization;
using System.Net;
using System.Text.Json;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.AlertHistory;

/// <summary>Alerts as rows, and requests for them without a token.</summary>
internal static class AlertRow
{
    public const string Prefix = "/api/v1.0/alert-history";

    /// <summary>2026-02-09 10:30 UTC.</summary>
    public const long Time = 1_770_633_000_000;

    public static string Id(int number) => new Guid(number, 0, 0, new byte[8]).ToString();

    public static Row Of(int number, long time = Time, string severity = "Info", string source = "s") =>
        new Row(Kind.Alert, time).With("id", Id(number)).With("severity", severity).With("source", source)
            .With("title", string.Create(CultureInfo.InvariantCulture, $"alert {number}"));

    /// <summary>The body of a response that must succeed.</summary>
    public static async Task<JsonElement> GetAsync(this QueryTestHost host, string path)
    {
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, Prefix + path);
        return await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
    }

    /// <summary>The titles of the records of a page that must succeed.</summary>
    public static async Task<string[]> TitlesAsync(this QueryTestHost host, string query) =>
        [.. (await host.GetAsync(query)).GetProperty("records").EnumerateArray().Select(record => record.GetProperty("title").GetString()!)];

    /// <summary>The names under <c>errors</c> of a response that must be a bad request.</summary>
    public static async Task<string[]> WrongAsync(this QueryTestHost host, string path)
    {
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, Prefix + path);
        JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest);
        return [.. problem.GetProperty("errors").EnumerateObject().Select(error => error.Name)];
    }
}
