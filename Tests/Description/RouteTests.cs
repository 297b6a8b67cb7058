using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Server;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Description;

/// <summary>Each host describes what it serves: every route it maps, and nothing that it does not serve.</summary>
internal sealed class RouteTests
{
    private const long Time = 1_700_000_000_000;

    private static readonly Dictionary<string, string> _values = new()
    {
        ["stime"] = $"{Time}",
        ["etime"] = $"{Time + 300_000}",
        ["oids"] = "7,12",
        ["host"] = "127.0.0.1",
        ["port"] = "80",
        ["id"] = "550e8400-e29b-41d4-a716-446655440000",
        ["name"] = "error-rate",
        ["keyHash"] = "k",
        ["clientId"] = "c",
        ["startDay"] = "1",
        ["startMonth"] = "2",
        ["startYear"] = "2024",
        ["endDay"] = "1",
        ["endMonth"] = "3",
        ["endYear"] = "2024",
    };

    private static readonly string[] _aboutRules = ["/api/v1/rules", "/api/v1/alerts", "/api/v1/silences", "/api/v1/receivers"];

    [TestCase("Server")]
    [TestCase("Ingest")]
    [TestCase("Query")]
    public async Task Every_mapped_route_is_described_and_the_other_way_round(string host)
    {
        using TemporaryFolder folder = new();
        await using WebApplication app = await BuildAsync(host, folder);
        RoutePattern[] routes =
        [
            .. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                .Where(route => route.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null).Select(route => route.RoutePattern)
                .Where(route => !route.RawText!.EndsWith("/{**path}", StringComparison.Ordinal)),
        ];
        using JsonDocument document = JsonDocument.Parse(app.Services.GetRequiredService<HostDocument>().Utf8);
        string[] paths = [.. document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name)];
        Assert.Multiple(() =>
        {
            Assert.That(routes.Where(route => !paths.Any(path => Fits(route, path))).Select(route => route.RawText), Is.Empty);
            Assert.That(paths.Where(path => !routes.Any(route => Fits(route, path))), Is.Empty);
        });
    }

    [Test]
    public async Task Every_described_operation_responds_as_described()
    {
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder, "--Ingest:BackupPcode=1");
        using HttpClient http = new(new DescribedResponses(new SocketsHttpHandler())) { BaseAddress = server.Client.Address };
        foreach ((string path, string method, JsonElement operation) in DescribedApi.OfServer.Operations)
        {
            using HttpRequestMessage request = Request(path, method, operation);
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            string body = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync();

            // Alerts by id, and rules, silences and receivers that are asked for before they are made or after they are deleted, are not found. A
            // signature is not made here.
            HttpStatusCode expected = method.Equals("PUT", StringComparison.OrdinalIgnoreCase) ? HttpStatusCode.Created
                : method.Equals("DELETE", StringComparison.OrdinalIgnoreCase) ? HttpStatusCode.NoContent
                : path is "/write" or "/api/v2/write" or "/ping" ? HttpStatusCode.NoContent
                : path.EndsWith("/{id}", StringComparison.Ordinal) || path.Contains("/{name}", StringComparison.Ordinal) ? HttpStatusCode.NotFound
                : path.EndsWith("/events/search", StringComparison.Ordinal) ? HttpStatusCode.Unauthorized : HttpStatusCode.OK;
            Assert.That(response.StatusCode, Is.EqualTo(expected), $"{method} {request.RequestUri}: {body}");
        }
    }

    [Test]
    public async Task Where_rules_are_not_evaluated_each_operation_about_them_is_a_404_as_described()
    {
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder, "--Alerting:Enabled=false");
        using HttpClient http = new(new DescribedResponses(new SocketsHttpHandler())) { BaseAddress = server.Client.Address };
        int seen = 0;
        foreach ((string path, string method, JsonElement operation) in DescribedApi.OfServer.Operations.Where(operation => _aboutRules.Any(
            part => operation.Path == part || operation.Path.StartsWith(part + "/", StringComparison.Ordinal))))
        {
            using HttpRequestMessage request = Request(path, method, operation);
            using HttpResponseMessage response = await http.SendAsync(request);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), $"{method} {path}");
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Alert rules are not evaluated here"), $"{method} {path}");
            seen++;
        }

        Assert.That(seen, Is.EqualTo(16));
    }

    [Test]
    public async Task The_statistics_that_are_described_are_those_that_there_are()
    {
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder);
        using HttpResponseMessage response = await server.Client.GetResponseAsync("/open/api/json/nonsense");
        using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        string[] described = [.. DescribedApi.OfServer.Operations.Select(operation => operation.Path.Split('/')).Where(parts => parts[1] == "open")
            .Select(parts => parts[4]).Distinct()];
        Assert.That(json.RootElement.GetProperty("message").GetString(),
            Does.EndWith($"there are {string.Join(", ", described.Order(StringComparer.Ordinal))}."));
    }

    private static HttpRequestMessage Request(string path, string method, JsonElement operation)
    {
        string filled = string.Join('/', path.Split('/').Select(part => part.StartsWith('{') ? _values[part[1..^1]] : part));
        string query = path is "/api/v1/aggregate" or "/api/v1/heatmap" or "/api/v1/samples" or "/api/v1/stream" ? "?kind=transaction" : "";
        HttpRequestMessage request = new(HttpMethod.Parse(method), filled + query);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        request.Headers.Add("x-whatap-token", TestProjects.TokenOf(TestProjects.First));
        request.Headers.Add("x-whatap-pcode", TestProjects.First.ToString(CultureInfo.InvariantCulture));
        if (operation.TryGetProperty("requestBody", out JsonElement body))
        {
            JsonElement content = body.GetProperty("content");
            request.Content = content.TryGetProperty("application/json", out JsonElement json)
                ? new StringContent(json.GetProperty("example").GetRawText(), Encoding.UTF8, "application/json")
                : new StringContent(content.GetProperty("text/plain").GetProperty("example").GetString()!, Encoding.UTF8, "text/plain");
        }

        return request;
    }

    private static bool Fits(RoutePattern route, string path)
    {
        string[] parts = path.Trim('/').Split('/');
        int at = 0;
        foreach (RoutePatternPathSegment segment in route.PathSegments)
        {
            RoutePatternPart part = segment.Parts.Single();
            if (part is RoutePatternParameterPart { IsCatchAll: true })
            {
                return true;
            }

            bool fits = at < parts.Length && (part is RoutePatternLiteralPart literal ? literal.Content == parts[at] : parts[at].StartsWith('{'));
            if (!fits)
            {
                return false;
            }

            at++;
        }

        return at == parts.Length;
    }

    private static async Task<WebApplication> BuildAsync(string host, TemporaryFolder folder)
    {
        await File.WriteAllBytesAsync(folder["influx.env"], "INFLUX_HOST=http://127.0.0.1:9\nINFLUX_DATABASE=none\n"u8.ToArray());
        string[] shared = TestProjects.Arguments(folder, "--Storage:Kind=influx", $"--influx-env={folder["influx.env"]}");
        return host switch
        {
            "Ingest" => TimeSeries.Ingest.IngestHost.Build(shared),
            "Query" => TimeSeries.Query.QueryHost.Build(shared),
            _ => ServerHost.Build(TestProjects.Arguments(folder, TestProjects.NotWatched)),
        };
    }
}
