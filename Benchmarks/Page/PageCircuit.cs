using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace TimeSeries.Benchmarks.Page;

/// <summary>
/// A page that is open without a browser: its circuit gets what a browser would be sent, and gives it what a browser knows. Its charts fetch nothing.
/// </summary>
internal sealed partial class PageCircuit : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _updates;
    private int _objects;

    private PageCircuit(HubConnection connection) => _connection = connection;

    /// <summary>How many times the page was changed.</summary>
    public long Updates => Interlocked.Read(ref _updates);

    /// <summary>Signs in with a token; returns the cookies of the session.</summary>
    public static async Task<CookieContainer> SignInAsync(Uri server, string token)
    {
        CookieContainer cookies = new();
        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false, CookieContainer = cookies };
        using HttpClient http = new(handler) { BaseAddress = server };
        Match proof = Proof().Match(await http.GetStringAsync("/login"));
        using FormUrlEncodedContent form = new([new(proof.Groups[1].Value, proof.Groups[2].Value), new("token", token), new("returnUrl", "/")]);
        using HttpResponseMessage response = await http.PostAsync("/login", form);
        return response.StatusCode == HttpStatusCode.Redirect ? cookies : throw new InvalidDataException($"The sign-in responded {response.StatusCode}.");
    }

    /// <summary>Opens a view.</summary>
    public static async Task<PageCircuit> OpenAsync(Uri server, CookieContainer cookies, string view)
    {
        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false, CookieContainer = cookies };
        using HttpClient http = new(handler) { BaseAddress = server };
        string html = await http.GetStringAsync(view);
        JsonArray operations = [];
        foreach (Match marker in Marker().Matches(html))
        {
            operations.Add(new JsonObject { ["type"] = "add", ["ssrComponentId"] = operations.Count + 1, ["marker"] = JsonNode.Parse(marker.Groups[1].Value) });
        }

        IHubConnectionBuilder builder = new HubConnectionBuilder().WithUrl(new Uri(server, "_blazor"), HttpTransportType.WebSockets, options =>
        {
            options.Cookies = cookies;
            options.Headers["Origin"] = server.GetLeftPart(UriPartial.Authority);
        });
        builder.Services.RemoveAll<IHubProtocol>();
        builder.Services.AddSingleton<IHubProtocol, BlazorPack>();
        PageCircuit circuit = new(builder.Build());
        circuit.Listen();
        await circuit._connection.StartAsync();
        string? secret = await circuit._connection.InvokeAsync<string?>("StartCircuit", server.ToString(), new Uri(server, view).ToString(), "[]", "");
        if (secret is null)
        {
            throw new InvalidDataException("The server began no circuit.");
        }

        string update = new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString();
        await circuit._connection.SendAsync("UpdateRootComponents", update, State().Match(html).Groups[1].Value);
        return circuit;
    }

    /// <summary>Waits until the page was changed so many times.</summary>
    /// <exception cref="InvalidDataException">The circuit failed, or the time is over.</exception>
    public async Task WaitForUpdatesAsync(long count, TimeSpan timeout)
    {
        using CancellationTokenSource over = new(timeout);
        while (Updates < count)
        {
            if (over.IsCancellationRequested)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The page was changed {Updates} times instead of {count}."));
            }

            if (_failed.Task.IsFaulted)
            {
                await _failed.Task;
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void Listen()
    {
        _connection.On<int, byte[]>("JS.RenderBatch", async (batch, _) =>
        {
            Interlocked.Increment(ref _updates);
            await _connection.SendAsync("OnRenderCompleted", batch, (string?)null);
        });
        _connection.On<string>("JS.Error", text => _failed.TrySetException(new InvalidDataException($"The circuit failed: {text}")));
        _connection.On<long, string, string, int, long, int>("JS.BeginInvokeJS", async (task, name, arguments, _, _, _) =>
        {
            if (task != 0)
            {
                string result = string.Create(CultureInfo.InvariantCulture, $"[{task},true,{ResultOf(name)}]");
                await _connection.SendAsync("EndInvokeJSFromDotNet", task, true, result);
            }
        });
        _connection.Closed += fault =>
        {
            _failed.TrySetException(fault ?? new InvalidDataException("The server closed the circuit."));
            return Task.CompletedTask;
        };
    }

    // What the functions of the page's script return.
    private string ResultOf(string name) => name switch
    {
        "import" or "chart" => string.Create(CultureInfo.InvariantCulture, $"{{\"__jsObjectId\":{Interlocked.Increment(ref _objects)}}}"),
        "facts" => """{"zone":"UTC","offsetMinutes":0}""",
        _ => "null",
    };

    [GeneratedRegex("""name="(__[^"]+)" value="([^"]+)" """)]
    private static partial Regex Proof();

    [GeneratedRegex("""<!--Blazor:(\{"type":"server".*?\})-->""")]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->")]
    private static partial Regex State();
}
