using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TimeSeries.Core.Schema;

namespace TimeSeries.Server.Probe;

/// <summary>Reads sets of a prober by every family of APIs, and gathers what is not as it was written. Used by one task at a time.</summary>
internal sealed class ProbeReading(ProbeTarget target, TimeProvider clock)
{
    private const string EventSearch = "dashboards/events/search";

    // More events than that since a minute would hide those of a prober; they are the server's own.
    private const int NewestEvents = 1_000;

    private readonly List<ProbeDifference> _differences = [];

    public IReadOnlyList<ProbeDifference> Differences => _differences;

    /// <summary>The first query that failed; null when none did.</summary>
    public string? Fault { get; private set; }

    /// <summary>Reads a set by every family.</summary>
    /// <param name="set">The set.</param>
    /// <param name="isRecent">Whether its event is among the newest, which the search for events is asked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ReadAllAsync(ProbeSet set, bool isRecent, CancellationToken cancellationToken)
    {
        await ReadOwnAsync(set, cancellationToken);
        await ReadWhatapAsync(set, cancellationToken);
        await ReadTykAsync(set, cancellationToken);
        await ReadAlertsAsync(set, cancellationToken);
        if (isRecent && target.AccessKey is { } key)
        {
            await ReadEventsAsync(set, key, cancellationToken);
        }
    }

    private async Task ReadOwnAsync(ProbeSet set, CancellationToken cancellationToken)
    {
        foreach (KindSchema schema in SampleSchema.All)
        {
            IReadOnlyList<ProbeRow> rows = set.Of(schema.Kind);
            string value = schema.Kind is Kind.Transaction or Kind.Sql or Kind.Httpc ? "elapsed" : schema.Kind == Kind.Thread ? "count" : "";
            string measures = value.Length > 0 ? $"count,sum({value}),min({value}),max({value})" : "count";
            string of = string.Create(CultureInfo.InvariantCulture, $"kind={schema.Name}&from={set.From}&to={set.To}&where=oname:{set.Name}");
            if (await GetAsync($"api/v1/aggregate?{of}&measures={measures}", cancellationToken) is { } aggregate)
            {
                long[] found = [.. aggregate.GetProperty("rows").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(Whole)];
                long[] numbers = value.Length > 0 ? [.. rows.Select(row => row.Number(value))] : [];
                long[] expected = value.Length > 0 ? [rows.Count, numbers.Sum(), numbers.Min(), numbers.Max()] : [rows.Count];
                Compare("aggregate", set, $"{measures} of {schema.Name}", string.Join(", ", found), string.Join(", ", expected));
            }

            if (await GetAsync($"api/v1/samples?{of}&limit=1000", cancellationToken) is { } list)
            {
                CompareSamples(set, schema, rows, [.. list.GetProperty("samples").EnumerateArray().OrderBy(sample => sample.GetProperty("time").GetInt64())]);
            }
        }
    }

    private void CompareSamples(ProbeSet set, KindSchema schema, IReadOnlyList<ProbeRow> rows, JsonElement[] found)
    {
        Compare("samples", set, $"the number of samples of {schema.Name}", found.Length, rows.Count);
        for (int i = 0; i < Math.Min(found.Length, rows.Count); i++)
        {
            foreach ((string name, object value) in rows[i].Fields)
            {
                // A flag that is false may be left out.
                string read = found[i].TryGetProperty(name, out JsonElement field) ? field.ToString() : false.ToString();
                Compare("samples", set, $"{name} of {schema.Name} {i + 1}", read, Convert.ToString(value, CultureInfo.InvariantCulture)!);
            }
        }
    }

    private async Task ReadWhatapAsync(ProbeSet set, CancellationToken cancellationToken)
    {
        const string Api = "whatap";
        IReadOnlyList<ProbeRow> calls = set.Of(Kind.Transaction);
        IReadOnlyList<ProbeRow> exceptions = set.Of(Kind.Exception);
        long[] elapsed = [.. calls.Select(row => row.Number("elapsed"))];
        await ReadRecordAsync("transaction", ("service", set.Service), ("count", calls.Count), ("error", calls.Count(row => row.Number("status") > 200)),
            ("time_sum", elapsed.Sum()), ("time_max", elapsed.Max()), ("time_min", elapsed.Min()));
        await ReadRecordAsync("sql", ("sql", set.Statement), ("count_total", elapsed.Length), ("time_sum", elapsed.Sum()));
        await ReadRecordAsync("httpc", ("Url", set.Service), ("Total", elapsed.Length), ("Sum", elapsed.Sum()));
        await ReadRecordAsync("exception", ("class", set.Class), ("count", exceptions.Count));
        await ReadRecordAsync("remote", ("ip", set.RemoteIp), ("count", calls.Count));
        if (await GetAsync(string.Create(CultureInfo.InvariantCulture, $"{PathOf("thread_count")}/{set.Oid}"), cancellationToken) is { } threads)
        {
            long[] values = [.. threads.GetProperty("objects").EnumerateArray()
                .SelectMany(agent => agent.GetProperty("series").EnumerateArray()).Select(point => Whole(point[1]))];
            Compare(Api, set, "the threads", string.Join(", ", values), string.Join(", ", set.Of(Kind.Thread).Select(row => row.Number("count"))));
        }

        async Task ReadRecordAsync(string name, (string Field, string Value) key, params (string Field, long Value)[] expected)
        {
            if (await GetAsync(PathOf(name), cancellationToken) is { } response)
            {
                JsonElement[] records = [.. response.GetProperty("records").EnumerateArray()
                    .Where(record => record.GetProperty(key.Field).GetString() == key.Value)];
                Compare(Api, set, $"the number of records of {name}", records.Length, 1);
                foreach ((string field, long value) in records.Length == 1 ? expected : [])
                {
                    Compare(Api, set, $"{field} of {name}", Whole(records[0].GetProperty(field)), value);
                }
            }
        }

        string PathOf(string name) => string.Create(CultureInfo.InvariantCulture, $"open/api/json/{name}/{set.From}/{set.To}");
    }

    private async Task ReadTykAsync(ProbeSet set, CancellationToken cancellationToken)
    {
        IReadOnlyList<ProbeRow> calls = set.Of(Kind.Transaction);

        // Whatever zone the server's days are of.
        string days = string.Join('/', ((long[])[set.From - 86_400_000, set.To + 86_400_000])
            .Select(time => DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("d/M/yyyy", CultureInfo.InvariantCulture)));
        foreach (string caller in (string[])["keys", "oauthid"])
        {
            if (await GetAsync($"api/activity/{caller}/endpoint/{set.Key}/{days}", cancellationToken) is { } response)
            {
                JsonElement[] rows = [.. response.GetProperty("data").EnumerateArray()];
                Compare("tyk", set, $"the number of rows of {caller}", rows.Length, 1);
                if (rows.Length == 1)
                {
                    Compare("tyk", set, $"hits of {caller}", Whole(rows[0].GetProperty("hits")), calls.Count);
                    Compare("tyk", set, $"error of {caller}", Whole(rows[0].GetProperty("error")), calls.Count(row => row.Number("status") > 200));
                    Compare("tyk", set, $"max_latency of {caller}", Whole(rows[0].GetProperty("max_latency")), calls.Max(row => row.Number("elapsed")));
                }
            }
        }
    }

    private async Task ReadAlertsAsync(ProbeSet set, CancellationToken cancellationToken)
    {
        string range = $"startDate={MomentOf(set.From)}&endDate={MomentOf(set.To - 1)}";
        if (await GetAsync($"api/v1.0/alert-history?source={set.Name}&{range}&pageSize=100", cancellationToken) is { } list)
        {
            // The filter is for a part of the source.
            string found = string.Join(", ", list.GetProperty("records").EnumerateArray()
                .Where(record => record.GetProperty("source").GetString() == set.Name).Select(record => record.GetProperty("id").GetString()));
            Compare("alert-history", set, "the ids", found, set.AlertId);
        }

        static string MomentOf(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
    }

    private async Task ReadEventsAsync(ProbeSet set, (string Id, string Secret) key, CancellationToken cancellationToken)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        string timestamp = now.ToString(CultureInfo.InvariantCulture);
        byte[] signed = Encoding.UTF8.GetBytes($"POST {new Uri(target.Http.BaseAddress!, EventSearch).AbsolutePath}\n{timestamp}\n{key.Id}");
        string day = DateTimeOffset.FromUnixTimeMilliseconds(set.From).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        using HttpRequestMessage request = new(HttpMethod.Post, EventSearch)
        {
            Content = new StringContent(
                $$"""{"timeZone":"Z","from":"{{day}}","to":"{{day}}","level":["EVENT"],"type":["ES010"],"limit":{{NewestEvents}}}""",
                Encoding.UTF8, "application/json"),
            Headers =
            {
                { "x-ncp-apigw-timestamp", timestamp },
                { "x-ncp-iam-access-key", key.Id },
                { "x-ncp-apigw-signature-v2", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key.Secret), signed)) },
            },
        };
        if (await SendAsync(request, cancellationToken) is { } response)
        {
            string[] times = [.. response.GetProperty("events").GetProperty("content").EnumerateArray()
                .Where(found => found.GetProperty("message").GetString() == set.Mark).Select(found => found.GetProperty("time").GetString()!)];
            IEnumerable<string> expected = set.Of(Kind.Event)
                .Select(row => DateTimeOffset.FromUnixTimeMilliseconds(row.Time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
            Compare("ncp", set, "the times of events", string.Join(", ", times), string.Join(", ", expected));
        }
    }

    private Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path);
        if (path.StartsWith("open/", StringComparison.Ordinal))
        {
            request.Headers.Add("x-whatap-token", target.Token);
            request.Headers.Add("x-whatap-pcode", target.Pcode.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", target.Token);
        }

        return SendAsync(request, cancellationToken);
    }

    // Null when there is no result to compare.
    private async Task<JsonElement?> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            using HttpResponseMessage response = await target.Http.SendAsync(request, cancellationToken);
            string text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                Fault ??= $"{request.Method} {request.RequestUri} is {(int)response.StatusCode} {response.ReasonPhrase}.";
                return null;
            }

            return JsonElement.Parse(text);
        }
    }

    private void Compare<T>(string api, ProbeSet set, string what, T found, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(found, expected))
        {
            string read = found is "" ? "nothing" : Convert.ToString(found, CultureInfo.InvariantCulture)!;
            string minute = DateTimeOffset.FromUnixTimeMilliseconds(set.From).ToString("yyyy-MM-ddTHH:mmZ", CultureInfo.InvariantCulture);
            _differences.Add(new ProbeDifference(api, string.Create(
                CultureInfo.InvariantCulture, $"{api}, samples of {minute}: {what} should be {expected} and is {read}.")));
        }
    }

    // Sets have whole numbers only, so one with a fraction is a difference. It is told as one that no set has.
    private static long Whole(JsonElement number) => number.ValueKind == JsonValueKind.Number && number.GetDouble() is var value && value == Math.Floor(value)
        ? (long)value : long.MinValue;
}
