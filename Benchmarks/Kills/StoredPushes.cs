using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TimeSeries.Benchmarks.Compare.Requests;

namespace TimeSeries.Benchmarks.Kills;

/// <summary>What a server has, compared with what was pushed: each acknowledged batch once, every other whole or not at all, no damage.</summary>
internal sealed class StoredPushes(HttpClient http, Uri address, string directory)
{
    // More batches than some rounds have.
    private const int MostServices = 100_000;

    /// <summary>Returns the first difference in the rounds of a range, or null.</summary>
    /// <param name="pushes">All batches that were ever sent in these rounds.</param>
    /// <param name="first">The first round.</param>
    /// <param name="last">The last one.</param>
    public Task<string?> FindDifferenceAsync(IEnumerable<TrackedPush> pushes, int first, int last) =>
        FindDifferenceAsync(pushes, first, last, push => push.IsAcknowledged);

    /// <summary>The same of a time before the last push.</summary>
    /// <param name="pushes">All batches that were ever sent in these rounds.</param>
    /// <param name="first">The first round.</param>
    /// <param name="last">The last one.</param>
    /// <param name="isAcknowledged">Whether a batch was acknowledged by then.</param>
    public async Task<string?> FindDifferenceAsync(IEnumerable<TrackedPush> pushes, int first, int last, Func<TrackedPush, bool> isAcknowledged)
    {
        string query = $"/api/v1/aggregate?kind=transaction&from={TrackedPush.TimeOf(first)}&to={TrackedPush.TimeOf(last + 1)}&by=service"
            + $"&measures=count,sum(elapsed)&limit={MostServices}";
        using JsonDocument response = JsonDocument.Parse(await GetAsync(query));
        Dictionary<string, (long Count, double Sum)> stored = response.RootElement.GetProperty("rows").EnumerateArray().ToDictionary(
            row => row[0].GetString()!, row => (row[1].GetInt64(), row[2].GetDouble()), StringComparer.Ordinal);
        foreach (TrackedPush push in pushes)
        {
            if (!stored.Remove(push.Service, out (long Count, double Sum) found))
            {
                if (isAcknowledged(push))
                {
                    return $"{push.Service} was acknowledged and is not there.";
                }
            }
            else if (found != (TrackedPush.Samples, TrackedPush.ElapsedSum))
            {
                return $"{push.Service} (acknowledged: {isAcknowledged(push)}, sent {push.Sent} times) has {found.Count} samples that sum up to {found.Sum}; "
                    + $"{TrackedPush.Samples} and {TrackedPush.ElapsedSum} were pushed.";
            }
        }

        return stored.Count > 0 ? $"{stored.Keys.First()} was never pushed, and is there." : await FindDamageAsync();
    }

    private async Task<string?> FindDamageAsync()
    {
        string quarantine = Path.Combine(directory, "quarantine");
        double places = MetricText.Sum(await GetAsync("/metrics"), "timeseries_damage_places_total");
        return places != 0 ? $"The server tells of {places} damaged places."
            : Directory.Exists(quarantine) && Directory.EnumerateFileSystemEntries(quarantine).Any() ? "Files went to quarantine." : null;
    }

    private async Task<string> GetAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KilledServer.Token);
        using HttpResponseMessage response = await http.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        return response.IsSuccessStatusCode
            ? Encoding.UTF8.GetString(body)
            : throw new InvalidDataException($"{path} was answered with {(int)response.StatusCode}: {Encoding.UTF8.GetString(body)}");
    }
}
