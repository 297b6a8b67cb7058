using System.Net.Http.Headers;
using System.Text.Json;

namespace TimeSeries.Server.Probe;

/// <summary>
/// Writes a known set of samples for each minute, reads it back by every family of APIs, and compares. It also reads a set of an earlier minute, which may have
/// moved into a block or been merged since. Used by one task at a time. After grafana/tempo's <c>cmd/tempo-vulture</c>.
/// </summary>
/// <param name="target">Where and as whom.</param>
/// <param name="clock">The present.</param>
/// <param name="longestAgo">How old a set may be that is read again; what is older may be deleted.</param>
internal sealed class Prober(ProbeTarget target, TimeProvider clock, TimeSpan longestAgo)
{
    // The minutes whose sets were acknowledged, by age. Others may be there or not.
    private readonly List<long> _written = [];

    /// <summary>One round: the minute before the present one.</summary>
    public async Task<ProbeReport> RunAsync(CancellationToken cancellationToken)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds() / ProbeSet.MinuteMilliseconds;
        ProbeSet set = new(target.Name, now - 1);
        try
        {
            if (await PushAsync(set, cancellationToken) is { } refusal)
            {
                return new ProbeReport(set.Minute, [], refusal);
            }

            _written.RemoveAll(minute => (now - minute) * ProbeSet.MinuteMilliseconds > (long)longestAgo.TotalMilliseconds);
            ProbeReading reading = new(target, clock);
            await reading.ReadAllAsync(set, isRecent: true, cancellationToken);
            if (_written.Count > 0)
            {
                long earlier = _written[(int)((ulong)now * 0x9E37_79B9_7F4A_7C15 % (ulong)_written.Count)];
                await reading.ReadAllAsync(new ProbeSet(target.Name, earlier), isRecent: false, cancellationToken);
            }

            if (!_written.Contains(set.Minute))
            {
                _written.Add(set.Minute);
            }

            return new ProbeReport(set.Minute, reading.Differences, reading.Fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new ProbeReport(set.Minute, [], $"The server can't be reached: {fault.Message}");
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new ProbeReport(set.Minute, [], $"A response has another form than it should have: {fault.Message}");
        }
    }

    // Null when the set is stored whole. The second sending must store nothing.
    private async Task<string?> PushAsync(ProbeSet set, CancellationToken cancellationToken)
    {
        byte[] body = set.ToJson();
        for (int sending = 0; sending < 2; sending++)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "ingest/v1/batch?wait=stored") { Content = new ByteArrayContent(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", target.Token);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await target.Http.SendAsync(request, cancellationToken);
            string text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return $"The push was refused: {(int)response.StatusCode} {response.ReasonPhrase}.";
            }

            JsonElement counts = JsonElement.Parse(text);
            bool isStored = !counts.TryGetProperty("stored", out JsonElement stored) || stored.GetBoolean();
            if (!isStored || counts.GetProperty("rejected").GetInt32() > 0)
            {
                return "The push was taken and not stored whole.";
            }
        }

        return null;
    }
}

/// <summary>Where a prober writes and reads, and as whom.</summary>
/// <param name="Http">Calls the server; its base address ends with a slash.</param>
/// <param name="Name">The name of the prober's agent.</param>
/// <param name="Pcode">The project.</param>
/// <param name="Token">A token of it that may push and read. It must not be logged.</param>
/// <param name="AccessKey">An access key of it with its secret; null leaves out the API that needs one.</param>
internal sealed record ProbeTarget(HttpClient Http, string Name, long Pcode, string Token, (string Id, string Secret)? AccessKey);
