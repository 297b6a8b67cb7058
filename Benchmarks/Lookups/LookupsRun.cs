using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TimeSeries.Benchmarks.Compare;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Lookups;

/// <summary>
/// One run: pushes the kinds one after the other, looks txids up as they were pushed (heads and small blocks), after all was sealed and merged, and after a
/// restart, on one connection.
/// </summary>
internal sealed class LookupsRun(int samples, int requests, TimeProvider clock, CancellationToken cancellationToken)
{
    private const int Threads = 2;

    // A server that was just started compiles its code in these.
    private const int WarmUpRequests = 20;

    // Every sample may be looked at, for builds that do.
    private const string NoLimit = "--Query:MaxRows=10000000000";

    private readonly LookupDay[] _days = [.. LookupDay.Kinds.Select(kind => new LookupDay(kind, samples))];
    private readonly Random _random = new(1);
    private bool _isComplete = true;

    /// <summary>Measures everything, and writes a line of JSON for each figure; false when a response was not what it must be.</summary>
    public async Task<bool> RunAsync(TextWriter report)
    {
        string directory = Directory.CreateTempSubdirectory("timeseries-lookups-").FullName;
        try
        {
            await using (OwnServer server = await OwnServer.StartAsync(directory, NoLimit))
            {
                foreach (LookupDay day in _days)
                {
                    long started = clock.GetTimestamp();
                    Push(server.Address, day);
                    double seconds = clock.GetElapsedTime(started).TotalSeconds;
                    Write(report, new PushedKind(NameOf(day), samples, Math.Round(samples / seconds)));
                }

                Ask(report, server.Address, "as pushed");
                await server.SettleAsync();
                foreach (LookupDay day in _days)
                {
                    Write(report, new StoredKind(NameOf(day), BytesOf(directory, day) / (double)samples));
                }

                Ask(report, server.Address, "merged");
            }

            await using (OwnServer server = await OwnServer.StartAsync(directory, NoLimit))
            {
                Ask(report, server.Address, "restarted");
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return _isComplete;
    }

    private void Push(ServerAddress address, LookupDay day)
    {
        int next = -1;
        FirstError firstError = new();
        Workers.Run(Threads, _ =>
        {
            MessagePackWireWriter writer = new();
            using BatchClient client = new(address, OwnServer.Token, writer.ContentType);
            BatchSender sender = new(client, firstError);
            for (int slice = Interlocked.Increment(ref next); slice < day.SliceCount && firstError.Reason is null; slice = Interlocked.Increment(ref next))
            {
                BodyWriter.Write(writer, SampleSchema.Of(day.Kind), day.Slice(slice), SampleForm.Columns, id: default, new PatchPlaces());
                sender.Send(writer.Written, cancellationToken, out ResponseCounts _);
            }
        });
        if (firstError.Reason is { } reason)
        {
            throw new InvalidDataException($"The day could not be pushed: {reason}");
        }
    }

    private void Ask(TextWriter report, ServerAddress address, string state)
    {
        foreach (LookupDay day in _days)
        {
            foreach (bool isThere in (bool[])[true, false])
            {
                string times = string.Create(CultureInfo.InvariantCulture, $"kind={NameOf(day)}&from={MeasuredDay.Start}&to={MeasuredDay.End}&where=txid:");
                string found = string.Create(CultureInfo.InvariantCulture, $"\"rows\":[[{day.Repeats}]]");
                Ask(report, address, day, state, isThere, "samples", "/api/v1/samples?" + times, Txid => isThere ? Txid : "\"samples\":[]");
                Ask(report, address, day, state, isThere, "aggregate", "/api/v1/aggregate?measures=count&" + times, _ => isThere ? found : "\"rows\":[]");
            }
        }
    }

    private void Ask(
        TextWriter report, ServerAddress address, LookupDay day, string state, bool isThere, string endpoint, string path, Func<string, string> expected)
    {
        LatencyHistogram latencies = new();
        using HttpClient http = BlockingHttp.CreateClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + OwnServer.Token);
        http.DefaultRequestHeaders.Add("Accept", "application/json");
        int wrong = 0;
        double first = 0;
        for (int i = -WarmUpRequests; i < requests; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string txid = LookupDay.Txid(_random.Next(day.TxidCount) + (isThere ? 0 : day.TxidCount));
            long started = clock.GetTimestamp();
            HttpResponseHead response = http.Get(address.Of(path + txid), out byte[] body);
            TimeSpan elapsed = clock.GetElapsedTime(started);
            first = i == -WarmUpRequests ? elapsed.TotalMilliseconds : first;
            string text = System.Text.Encoding.UTF8.GetString(body);
            bool isRight = response.Status == 200 && text.Contains(expected(txid), StringComparison.Ordinal);
            if (!isRight && wrong++ == 0)
            {
                Console.Error.WriteLine($"{path}{txid}: {response.Status} {text}");
            }

            if (i >= 0)
            {
                latencies.Record(elapsed);
            }
        }

        _isComplete &= wrong == 0;
        Write(report, new LookupLine(
            state, NameOf(day), endpoint, isThere, requests, wrong, Math.Round(first, 2), Math.Round(latencies.Median, 2),
            Math.Round(latencies.P99, 2), Math.Round(latencies.Longest, 2)));
    }

    private static string NameOf(LookupDay day) => SampleSchema.Of(day.Kind).Name;

    private static long BytesOf(string directory, LookupDay day) =>
        Directory.EnumerateFiles(Path.Combine(directory, "blocks"), NameOf(day) + "-*.block").Sum(file => new FileInfo(file).Length);

    private static void Write<T>(TextWriter report, T line) => report.WriteLine(JsonSerializer.Serialize(line, typeof(T), LookupsJson.Default));
}

/// <summary>How fast a kind was pushed, by two connections that also make the samples.</summary>
internal sealed record PushedKind(string Kind, int Samples, double SamplesPerSecond);

/// <summary>What a sample takes in blocks that are sealed and merged.</summary>
internal sealed record StoredKind(string Kind, double BytesPerSample);

/// <summary>How fast look-ups were, one after the other on one connection.</summary>
/// <param name="State">What was done with the samples before.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Endpoint">Of the API.</param>
/// <param name="Found">Whether samples have the txids.</param>
/// <param name="Requests">How many were measured, each with another txid.</param>
/// <param name="Wrong">How many responses were not what they must be.</param>
/// <param name="FirstMs">The first request, which is measured apart.</param>
/// <param name="P50Ms">The median.</param>
/// <param name="P99Ms">The 99th percentile.</param>
/// <param name="MaxMs">The longest.</param>
internal sealed record LookupLine(
    string State, string Kind, string Endpoint, bool Found, int Requests, int Wrong, double FirstMs, double P50Ms, double P99Ms, double MaxMs);

/// <summary>How lines are written: camel case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PushedKind))]
[JsonSerializable(typeof(StoredKind))]
[JsonSerializable(typeof(LookupLine))]
internal sealed partial class LookupsJson : JsonSerializerContext;
