using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NUnit.Framework;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>Reads server-sent events, as the HTML standard has them, from one response.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpClient _client;
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;
    private Task<ServerEvent?>? _pending;

    private EventReader(HttpClient client, HttpResponseMessage response, Stream body)
    {
        _client = client;
        _response = response;
        _lines = new StreamReader(body);
    }

    public HttpResponseMessage Response => _response;

    /// <summary>Opens a stream that must be a 200.</summary>
    public static async Task<EventReader> OpenAsync(Uri address, string query, string token, params (string Name, string Value)[] headers)
    {
        HttpClient client = new() { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/stream?" + query);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await OpenAsync(client, request);
    }

    /// <summary>Opens a stream with a client, which is disposed with the reader.</summary>
    public static async Task<EventReader> OpenAsync(HttpClient client, HttpRequestMessage request)
    {
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return new EventReader(client, response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event, or a comment, whose name is a colon; null at the end of the response.</summary>
    public Task<ServerEvent?> NextAsync()
    {
        Task<ServerEvent?> next = _pending ?? ReadAsync();
        _pending = null;
        return next;
    }

    /// <summary>The next event that is no comment, while something goes on that it may need.</summary>
    public async Task<ServerEvent?> NextAsync(Action step)
    {
        ServerEvent? found;
        do
        {
            _pending = NextAsync();
            await Eventually.IsTrueAsync(() =>
            {
                if (!_pending.IsCompleted)
                {
                    step();
                }

                return _pending.IsCompleted;
            });
            found = await NextAsync();
        }
        while (found is { Name: ":" });

        return found;
    }

    public void Dispose()
    {
        _response.Dispose();
        _lines.Dispose();
        _client.Dispose();
    }

    private async Task<ServerEvent?> ReadAsync()
    {
        ServerEvent read = new("", "", null);
        while (await _lines.ReadLineAsync() is { } line)
        {
            if (line.Length == 0 && read.Name.Length > 0)
            {
                return read;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string value = line[(colon + 1)..].TrimStart(' ');
            read = line.Length == 0 ? read : line[..colon] switch
            {
                "" => read with { Name = ":" },
                "event" => read with { Name = value },
                "data" => read with { Data = value },
                "id" => read with { Id = value },
                "retry" => read,
                _ => throw new AssertionException($"\"{line}\" is no line of an event."),
            };
        }

        return null;
    }
}

/// <summary>An event as it was sent.</summary>
internal sealed record ServerEvent(string Name, string Data, string? Id)
{
    public JsonElement Json => JsonDocument.Parse(Data).RootElement;
}
