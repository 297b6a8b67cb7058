using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>The documented endpoints of all families, each asked for the whole day.</summary>
/// <param name="server">The server.</param>
/// <param name="day">Its day: it knows which keys called.</param>
/// <param name="clock">Gives the time that requests are signed with.</param>
internal sealed class EndpointRequests(MeasuredServer server, MeasuredDay day, TimeProvider clock)
{
    private const string Alerts = "/api/v1.0/alert-history";
    private const string Events = "/api/v1/dashboards/events/search";

    private static readonly string[] _lists = ["transaction", "sql", "httpc", "exception", "remote"];
    private static readonly string _range = string.Create(CultureInfo.InvariantCulture, $"{MeasuredDay.Start}/{MeasuredDay.End}");
    private static readonly DateTimeOffset _date = DateTimeOffset.FromUnixTimeMilliseconds(MeasuredDay.Start);

    /// <summary>All of them.</summary>
    /// <param name="alert">The id of an alert.</param>
    public IEnumerable<EndpointRequest> All(string alert)
    {
        WireColumn[] transactions = day.SliceTransactions(0);
        string date = _date.ToString("d/M/yyyy", CultureInfo.InvariantCulture);
        string oid = ((int)Crc32.HashToUInt32(new Population().Agents[0])).ToString(CultureInfo.InvariantCulture);
        return
        [
            .. _lists.Select(name => Ask(name, $"/open/api/json/{name}/{_range}")),
            Ask("httpc of a host and port", $"/open/api/json/httpc/{_range}/filter/host/cart.internal/port/8081"),
            Ask("thread_count", $"/open/api/json/thread_count/{_range}"),
            Ask("thread_count of an agent", $"/open/api/json/thread_count/{_range}/{oid}"),
            Ask("thread_count/avg", $"/open/api/json/thread_count/{_range}/avg"),
            Ask("activity/keys/endpoint", $"/api/activity/keys/endpoint/{FirstOf(transactions, "api_key")}/{date}/{date}"),
            Ask("activity/oauthid/endpoint", $"/api/activity/oauthid/endpoint/{FirstOf(transactions, "oauth_id")}/{date}/{date}"),
            new EndpointRequest("dashboards/events/search", SearchEvents),
            Ask("alert-history, first page", Alerts),
            Ask("alert-history, part of a source", Alerts + "?source=CART"),
            Ask("alert-history/{id}", $"{Alerts}/{alert}"),
            Ask("alert-history/stats/severity", Alerts + "/stats/severity"),
            Ask("alert-history/stats/source", Alerts + "/stats/source"),
            Ask("api/v1/aggregate by hour and service", ComparedQueries.Ours("&window=1h&by=service&order=-count&limit=1000")),
            Ask("api/v1/samples, newest 100",
                string.Create(CultureInfo.InvariantCulture, $"/api/v1/samples?kind=transaction&from={MeasuredDay.Start}&to={MeasuredDay.End}")),
            Ask("api/v1/agents", "/api/v1/agents"),
        ];
    }

    /// <summary>Asks for the first page of alerts: it has ids.</summary>
    public HttpRequestMessage FirstAlerts() => server.Request(Alerts);

    private EndpointRequest Ask(string name, string path) => new(name, () => server.Request(path));

    private HttpRequestMessage SearchEvents()
    {
        string date = _date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string timestamp = clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = Encoding.UTF8.GetBytes($"POST {Events}\n{timestamp}\n{MeasuredServer.AccessKey}");
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(MeasuredServer.SecretKey), signed));
        return new HttpRequestMessage(HttpMethod.Post, server.Address.Of(Events))
        {
            Content = new StringContent(
                $$"""{"timeZone":"Z","from":"{{date}}","to":"{{date}}","level":["ALERT","ALARM"]}""", Encoding.UTF8, "application/json"),
            Headers =
            {
                { "x-ncp-apigw-timestamp", timestamp },
                { "x-ncp-iam-access-key", MeasuredServer.AccessKey },
                { "x-ncp-apigw-signature-v2", signature },
            },
        };
    }

    private static string FirstOf(WireColumn[] columns, string name) =>
        Encoding.UTF8.GetString(Array.Find(columns, column => column.Field.Name == name)!.Text(0));
}

/// <summary>One documented endpoint.</summary>
/// <param name="Name">As the README names it.</param>
/// <param name="Request">Makes the request, a new one each time.</param>
internal sealed record EndpointRequest(string Name, Func<HttpRequestMessage> Request);
