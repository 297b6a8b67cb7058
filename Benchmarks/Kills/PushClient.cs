using System.Net;
using System.Net.Http.Headers;

namespace TimeSeries.Benchmarks.Kills;

/// <summary>
/// An agent of one protocol: it sends batch after batch, and sends a batch again, the same bytes, until a response says that it is stored. One task uses it.
/// </summary>
internal sealed class PushClient(PushProtocol protocol, int seed)
{
    // The server is on this machine. Nothing that is asked of it takes as long.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    // Between two sendings of a batch that the server can't take now.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly PushBodies _bodies = new(protocol, seed);
    private readonly List<TrackedPush> _unanswered = [];

    /// <summary>Responses that said that the batch was known already. Exports and lines have no word for it.</summary>
    public int ToldDuplicates { get; private set; }

    /// <summary>Responses that said that the server can't take it now.</summary>
    public int Refused { get; private set; }

    /// <summary>What the server may not say; null as long as it said none of it.</summary>
    public string? Fault { get; private set; }

    /// <summary>Batches without a response, that are sent first next time.</summary>
    public IReadOnlyList<TrackedPush> Unanswered => _unanswered;

    /// <summary>A client for a server, of which each connection ends with it.</summary>
    public static HttpClient Connect() => new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { Timeout = _timeout };

    /// <summary>Sends what has no response yet, then new batches, until the server is gone or so many are sent.</summary>
    /// <param name="http">The connection.</param>
    /// <param name="server">The server.</param>
    /// <param name="round">The round.</param>
    /// <param name="most">Most new batches.</param>
    /// <param name="made">Takes each new batch, before it is sent.</param>
    public async Task RunAsync(HttpClient http, KilledServer server, int round, int most, Action<TrackedPush> made)
    {
        foreach (TrackedPush push in _unanswered.ToArray())
        {
            if (!await SendAsync(http, server, push))
            {
                return;
            }

            _unanswered.Remove(push);
        }

        for (int i = 0; i < most; i++)
        {
            TrackedPush push = _bodies.Next(round);
            made(push);
            _unanswered.Add(push);
            if (!await SendAsync(http, server, push))
            {
                return;
            }

            _unanswered.Remove(push);
        }
    }

    // Whether it was acknowledged. A server that can't take it now is asked again, as long as it is there.
    private async Task<bool> SendAsync(HttpClient http, KilledServer server, TrackedPush push)
    {
        while (Fault is null)
        {
            push.Sent++;
            try
            {
                using HttpRequestMessage request = Request(server, push);
                using HttpResponseMessage response = await http.SendAsync(request);
                string text = await response.Content.ReadAsStringAsync();
                switch (Judge(response, text))
                {
                    case PushOutcome.Taken:
                        push.Acknowledge();
                        ToldDuplicates += text.Contains("\"duplicate\":true", StringComparison.Ordinal) ? 1 : 0;
                        return true;
                    case PushOutcome.Later:
                        Refused++;
                        await Task.Delay(_pause);
                        break;
                    case PushOutcome.Unknown:
                        return false;
                    case PushOutcome.Wrong:
                        Fault = $"{push.Service} got {(int)response.StatusCode}: {text}";
                        return false;
                }
            }
            catch (HttpRequestException)
            {
                return false;
            }
            catch (TaskCanceledException)
            {
                Fault = $"{push.Service} had no response in {_timeout.TotalSeconds} s.";
                return false;
            }
        }

        return false;
    }

    private PushOutcome Judge(HttpResponseMessage response, string text)
    {
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
        {
            return PushOutcome.Later;
        }

        if (protocol != PushProtocol.OtlpGrpc)
        {
            bool isWhole = !text.Contains("\"rejected\":", StringComparison.Ordinal) || text.Contains("\"rejected\":0", StringComparison.Ordinal);
            return response.IsSuccessStatusCode && isWhole ? PushOutcome.Taken : PushOutcome.Wrong;
        }

        // A response that ends without its status was cut off.
        HttpResponseHeaders headers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        return !headers.TryGetValues("grpc-status", out IEnumerable<string>? status) ? PushOutcome.Unknown : status.Single() switch
        {
            "0" => PushOutcome.Taken,
            "14" => PushOutcome.Later,
            _ => PushOutcome.Wrong,
        };
    }

    private HttpRequestMessage Request(KilledServer server, TrackedPush push)
    {
        (Uri address, string path, string type) = protocol switch
        {
            <= PushProtocol.JsonColumns => (server.Address, "/ingest/v1/batch", "application/json"),
            <= PushProtocol.MessagePackColumns => (server.Address, "/ingest/v1/batch", "application/msgpack"),
            PushProtocol.OtlpProtobuf => (server.Address, "/v1/traces", "application/x-protobuf"),
            PushProtocol.OtlpJson => (server.Address, "/v1/traces", "application/json"),
            PushProtocol.OtlpGrpc => (server.GrpcAddress, "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "application/grpc"),
            PushProtocol.LinesV1 => (server.Address, "/write?db=any&precision=ms", "text/plain"),
            _ => (server.Address, "/api/v2/write?bucket=any&precision=ms", "text/plain"),
        };
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(address, path)) { Content = new ByteArrayContent(push.Body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KilledServer.Token);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (protocol == PushProtocol.OtlpGrpc)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            request.Headers.TryAddWithoutValidation("te", "trailers");
        }
        else
        {
            request.Headers.Accept.ParseAdd("application/json");
        }

        return request;
    }
}

/// <summary>What a response says of a batch.</summary>
internal enum PushOutcome
{
    Taken,
    Later,
    Unknown,
    Wrong,
}
