using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Description;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>Talks to a server as agents and dashboards do, with the tokens of <see cref="TestProjects"/>. Thread safe.</summary>
public sealed class ServerClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new DescribedResponses(new SocketsHttpHandler())) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public Uri Address { get; } = address;

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a body as it is.</summary>
    public async Task<HttpResponseMessage> SendAsync(byte[] body, string contentType, long pcode = TestProjects.First, string? encoding = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/ingest/v1/batch");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(pcode));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (encoding is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        return await _http.SendAsync(request);
    }

    /// <summary>Sends a batch, which must get 200, and returns the response.</summary>
    public async Task<JsonElement> PushAsync(PushedBatch batch, BodyForm form) =>
        await ReadAsync(await SendAsync(form.Write(batch), form.ContentType(), batch.Pcode));

    /// <summary>Sends several batches one after the other, all of whose samples must be taken or known already.</summary>
    public async Task PushAllAsync(IEnumerable<PushedBatch> batches, Func<int, BodyForm> form)
    {
        foreach ((PushedBatch batch, int index) in batches.Select((batch, index) => (batch, index)))
        {
            JsonElement response = await PushAsync(batch, form(index));
            Assert.That(response.GetProperty("rejected").GetInt32(), Is.Zero, $"batch {index} as {form(index)}: {response}");
            Assert.That(response.GetProperty("accepted").GetInt32() + response.GetProperty("duplicates").GetInt32(), Is.EqualTo(batch.Rows.Count),
                $"batch {index}: {response}");
        }
    }

    /// <summary>The body of a GET, which must get 200.</summary>
    public async Task<string> GetAsync(string path, long pcode = TestProjects.First)
    {
        using HttpResponseMessage response = await GetResponseAsync(path, pcode);
        string body = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), $"{path}: {body}");
        return body;
    }

    public async Task<HttpResponseMessage> GetResponseAsync(string path, long pcode = TestProjects.First)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        if (path.StartsWith("/open/", StringComparison.Ordinal))
        {
            request.Headers.Add("x-whatap-pcode", pcode.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("x-whatap-token", TestProjects.TokenOf(pcode));
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(pcode));
        }

        return await _http.SendAsync(request);
    }

    /// <summary>The response to a JSON body that is posted, signed with the project's access key, which must be a 200.</summary>
    public async Task<string> PostSignedAsync(string path, string body, long pcode = TestProjects.First, TimeProvider? clock = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        long now = (clock ?? TimeProvider.System).GetUtcNow().ToUnixTimeMilliseconds();
        foreach ((string name, string value) in RequestSignature.Headers("POST", path, now, TestProjects.AccessKeyOf(pcode), TestProjects.SecretOf(pcode)))
        {
            request.Headers.Add(name, value);
        }

        using HttpResponseMessage response = await _http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), $"{path} {body}: {text}");
        return text;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            string body = await response.Content.ReadAsStringAsync();
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), body);
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
    }
}
