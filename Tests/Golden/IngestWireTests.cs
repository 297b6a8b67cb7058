using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Contract.Oracle.Endpoints;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Golden;

/// <summary>Bodies in every form as agents sent them, and the responses to them, byte for byte.</summary>
internal sealed partial class IngestWireTests
{
    private const int MaxRequestBytes = 4_096;
    private const StringComparison Exact = StringComparison.Ordinal;

    private static readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(GoldenSamples.Start).AddMinutes(1);

    [Test]
    public async Task A_recorded_body_is_taken_whole([Values] BodyForm form)
    {
        using TemporaryFolder folder = new();
        TimeProvider clock = new FakeTimeProvider(_now);
        await using RunningServer server = await RunningServer.StartAsync(folder, services => services.AddSingleton(clock));
        using HttpResponseMessage response = await server.Client.SendAsync(GoldenFile.Bytes($"requests/{form}.bin"), form.ContentType());
        JsonElement json = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        (int accepted, int rejected) = (json.GetProperty("accepted").GetInt32(), json.GetProperty("rejected").GetInt32());
        Assert.That((accepted, rejected), Is.EqualTo((GoldenSamples.Rows.Count, 0)), json.ToString());
        foreach (string kind in GoldenSamples.Rows.Select(row => row.Kind).Distinct())
        {
            (long from, long to) = (GoldenSamples.Start, GoldenSamples.Start + 60_000);
            string listed = await server.Client.GetAsync($"/api/v1/samples?kind={kind}&from={from}&to={to}");
            List<object> expected = SamplesOracle.Listed(kind, OracleIngest.Take([GoldenSamples.Batch()]), TestProjects.First, from, to);
            Assert.That(ResponseComparer.Differences(JsonElement.Parse(listed).GetProperty("samples").GetRawText(), expected), Is.Empty, kind);
        }
    }

    [TestCase("application/json")]
    [TestCase("application/msgpack")]
    public async Task Responses_to_pushes_are_as_they_were(string accept)
    {
        await using IngestTestHost host = await StartAsync();
        Transcript transcript = new();
        string json = host.Batch("id-1", "shop", "/a", "/b");
        string samples = $$"""{"time":{{host.Now}},"service":"/good","elapsed":1},{"time":{{host.Now}},"service":"/bad","elapsed":"x"},{"time":1}""";
        string partial = $$"""{"agent":{"oname":"a"},"transaction":[{{samples}}],"metrics":[]}""";
        string[] names = ["taken", "duplicate", "partly rejected", "all rejected", "no JSON", "a field too deep", "no object"];
        string[] bodies = [json, json, partial, """{"transaction":[{"time":1}]}""", "{\"agent\":", "{\"a\":" + new string('[', 100), "[]"];
        foreach ((string name, string body) in names.Zip(bodies))
        {
            await transcript.AddAsync(name, await host.PushAsync(Encoding.UTF8.GetBytes(body), accept: accept));
        }

        await transcript.AddAsync("no MessagePack", await host.PushAsync([0xC1], "application/msgpack", accept: accept));
        byte[] taken = Encoding.UTF8.GetBytes(json);
        await transcript.AddAsync("another token", await host.PushAsync(taken, token: "nobody", accept: accept));
        await transcript.AddAsync("a token that may only read", await host.PushAsync(taken, token: TestProjects.ReadOnlyToken, accept: accept));
        await transcript.AddAsync("too large", await host.PushAsync(new byte[MaxRequestBytes + 1], accept: accept));
        await transcript.AddAsync("another type", await host.PushAsync(taken, "text/plain", accept: accept));
        await transcript.AddAsync("another encoding", await host.PushAsync(taken, encoding: "zstd", accept: accept));
        await transcript.AddAsync("no disk", await OnBrokenDiskAsync(host, accept));
        GoldenFile.Compare($"responses/ingest-{accept.Split('/')[1]}.txt", transcript.ToString(), AsToday);
    }

    [Test]
    public async Task The_response_of_a_full_queue_is_as_it_was()
    {
        await using IngestTestHost host = await StartAsync();
        host.Store.Held = new TaskCompletionSource();
        byte[] padded = Encoding.UTF8.GetBytes(host.Batch().PadRight(MaxRequestBytes));
        Task<HttpResponseMessage>[] pushes = [.. Enumerable.Range(0, 20).Select(_ => host.PushAsync(padded))];
        Transcript transcript = new();
        await transcript.AddAsync("a queue that is full", await await Task.WhenAny(pushes));
        host.Store.Held.SetResult();
        await Task.WhenAll(pushes);
        GoldenFile.Compare("responses/ingest-full.txt", transcript.ToString());
    }

    // Arrays had headers of three bytes, and integers over 127 five. The package writes the shortest form of each, which every reader
    // takes for the same value: what the old bytes hold, written in its shortest form, is what today's bytes must be. Errors show the value that was found,
    // which old readers pass over.
    private static string AsToday(string line)
    {
        if (!MessagePackLine().IsMatch(line))
        {
            return line.Replace("\"reason\":\"must be a number \\u2265 0\"", "\"reason\":\"must be a number \\u2265 0\",\"value\":\"\\u0022x\\u0022\"", Exact)
                .Replace("milliseconds expected\"", "milliseconds expected\",\"value\":\"1\"", Exact);
        }

        Dictionary<string, object?> response = (Dictionary<string, object?>)MessagePackReading.Read(Convert.FromHexString(line))!;
        foreach (Dictionary<string, object?> error in ((List<object?>)response["errors"]!).Cast<Dictionary<string, object?>>())
        {
            error["value"] = (string?)error["field"] == "elapsed" ? "\"x\"" : "1";
        }

        return Convert.ToHexStringLower(new MessagePackBytes().Value(response).ToArray());
    }

    private static Task<HttpResponseMessage> OnBrokenDiskAsync(IngestTestHost host, string accept)
    {
        host.Files.Fail(FileOperation.Write, times: int.MaxValue);
        return host.PushAsync(Encoding.UTF8.GetBytes(host.Batch()), accept: accept);
    }

    private static async Task<IngestTestHost> StartAsync()
    {
        FaultyFileSystem files = new();
        files.CreateDirectory("/node");
        new NodeFile(0x0123_4567_89AB_CDEF, "golden", []).Write(files, "/node");
        return await IngestTestHost.StartAsync(
            files, new FakeTimeProvider(_now), $"--Ingest:MaxRequestBytes={MaxRequestBytes}", $"--Ingest:MaxInflatedBytes={2 * MaxRequestBytes}",
            $"--Ingest:QueueBytes={7 * MaxRequestBytes}");
    }

    [GeneratedRegex("^8[89]([0-9a-f]{2})+$")]
    private static partial Regex MessagePackLine();
}
