using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest;
using TimeSeries.Ingest.Receive;
using TimeSeries.Ingest.Recovery;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Description;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest;

/// <summary>Ingest over real HTTP on a port of its own, on a disk that can fail, with a fixed clock and a store that notes what it gets.</summary>
internal sealed class IngestTestHost : IAsyncDisposable
{
    public const string Path = "/ingest/v1/batch";
    private const string Directory = "/node";

    private readonly WebApplication _app;

    private IngestTestHost(WebApplication app, FaultyFileSystem files, RecordingStore store, FakeTimeProvider clock)
    {
        _app = app;
        Files = files;
        Store = store;
        Clock = clock;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient(new DescribedResponses(new SocketsHttpHandler())) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public FaultyFileSystem Files { get; }

    public RecordingStore Store { get; }

    public FakeTimeProvider Clock { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public CollectedLog Log { get; private set; } = new();

    /// <summary>What it says of itself.</summary>
    public IIngestHealth Health => _app.Services.GetRequiredService<IIngestHealth>();

    /// <summary>What all batches in flight hold.</summary>
    public long BytesInFlight => _app.Services.GetRequiredService<MemoryBudget>().UsedBytes;

    /// <summary>Milliseconds of the clock: a time that samples may have.</summary>
    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public static Task<IngestTestHost> StartAsync(params string[] options) => StartAsync(new FaultyFileSystem(), new FakeTimeProvider(TestTime.Start), options);

    public static Task<IngestTestHost> StartAsync(FaultyFileSystem files, FakeTimeProvider clock, params string[] options) =>
        StartAsync(files, clock, new RecordingStore(), options);

    public static Task<IngestTestHost> StartAsync(FaultyFileSystem files, FakeTimeProvider clock, RecordingStore store, params string[] options) =>
        StartAsync(files, clock, store, Machine.Read(), options);

    public static async Task<IngestTestHost> StartAsync(FaultyFileSystem files, FakeTimeProvider clock, RecordingStore store,
        Machine machine, params string[] options)
    {
        CollectedLog log = new();
        WebApplicationBuilder builder = HostSetup.CreateBuilder(TestProjects.Arguments(Directory, options));
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton<IFileSystem>(files);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(machine);
        builder.Services.AddTimeSeriesIngest();
        builder.Services.AddSingleton<ISampleStore>(store);
        WebApplication app = builder.Build();
        app.UseHostDefaults();
        app.MapHostDefaults();
        app.MapTimeSeriesIngest();
        await app.StartAsync();
        return new IngestTestHost(app, files, store, clock) { Log = log };
    }

    /// <summary>Ends this host as a crash would, and starts another on what is left of the disk, with an empty store, perhaps on another machine.</summary>
    public async Task<IngestTestHost> CrashAsync(Machine? machine = null)
    {
        FaultyFileSystem left = Files.Kill();
        try
        {
            await DisposeAsync();
        }
        catch (IOException)
        {
            // Its disk is gone.
        }

        return await StartAsync(left, Clock, Store.MakeEmpty(), machine ?? Machine.Read());
    }

    /// <summary>The node that a sample belongs to.</summary>
    public ulong NodeIdOf(long number) => _app.Services.GetRequiredService<DataDirectory>().NodeIdOf(number);

    public Task StopAsync() => _app.StopAsync();

    /// <summary>Makes a batch durable that no protocol brought.</summary>
    public Task<CommitResult> SubmitAsync(ValidBatch batch, IdempotencyKey? key) => _app.Services.GetRequiredService<IBatchSubmitter>()
        .SubmitAsync(batch, key, new BatchCounts(batch.Samples.RowCount, 0, 0, 0), madeIds: 0);

    /// <summary>Lets the log forget what the store says it has.</summary>
    public void Checkpoint() => _app.Services.GetRequiredService<LogCheckpoint>().Run();

    /// <summary>A batch of transactions of one agent, a service each.</summary>
    public string Batch(string? id = null, string agent = "shop", params string[] services) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["agent"] = new { oname = agent },
        ["id"] = id,
        ["transaction"] = (services.Length > 0 ? services : ["/cart"]).Select(service => new { time = Now, service, elapsed = 1.5 }),
    });

    /// <summary>A batch of alerts with these ids.</summary>
    public string Alerts(params Guid[] ids) => JsonSerializer.Serialize(new
    {
        alert = ids.Select(id => new { time = Now, severity = "Info", source = "test", title = "title", id }),
    });

    public Task<HttpResponseMessage> PushAsync(string json, string query = "") => PushAsync(Encoding.UTF8.GetBytes(json), query: query);

    public Task<HttpResponseMessage> PushAsync(
        byte[] body, string contentType = "application/json", string? encoding = null, string query = "", string? token = null, string? accept = null)
    {
        HttpRequestMessage request = new(HttpMethod.Post, Path + query) { Content = new ByteArrayContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? TestProjects.TokenOf(TestProjects.First));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (encoding is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return Client.SendAsync(request);
    }

    /// <summary>Pushes what must be taken; returns the response.</summary>
    public async Task<JsonElement> TakenAsync(string json) => await ReadAsync(await PushAsync(json), HttpStatusCode.OK);

    /// <summary>The JSON of a response that must have the status.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        using (response)
        {
            string body = await response.Content.ReadAsStringAsync();
            Assert.That(response.StatusCode, Is.EqualTo(expected), body);
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Waits until so many samples are counted: <c>received_total</c>, say, or <c>in_flight</c>.</summary>
    public Task CountedAsync(string name, int samples) => Eventually.IsTrueAsync(async () => (await Client.GetStringAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith($"timeseries_ingest_samples_{name}{{", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)) == samples);

    public async ValueTask DisposeAsync()
    {
        // No stop waits for what the store has not.
        Store.Fault = "The test is over.";
        Store.Held?.TrySetResult();
        Store.Unstored?.TrySetResult();
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
