using System.Diagnostics;
using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using TimeSeries.Agent;
using TimeSeries.Agent.Collecting;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>
/// What the .NET agent adds to a request of an application: on the request's thread, beside the activity that is there without it, and on the thread that makes
/// batches.
/// </summary>
[MemoryDiagnoser]
public class AgentBenchmarks
{
    private const int Samples = 4_096;

    private readonly TimeSeriesAgentOptions _options = new() { Oname = "benchmark" };
    private readonly QueuedSample[] _found = new QueuedSample[Samples];
    private readonly QueuedSample[] _batch = new QueuedSample[Samples];
    private readonly DefaultHttpContext _context = new();
    private readonly SampleQueue _queue = new(Samples, int.MaxValue);
    private AspNetCoreCollector _requests = null!;
    private ActivityCollector _activities = null!;
    private BatchEncoder _encoder = null!;
    private Activity _request = null!;
    private Activity _call = null!;

    [GlobalSetup]
    public void Prepare()
    {
        EntryTable entries = new();
        SampleSink sink = new(_queue, TimeProvider.System);
        HttpContextReader reader = HttpContextReader.Make()!;
        _requests = new AspNetCoreCollector(reader, entries, sink, ["/healthz"]);
        _activities = new ActivityCollector([], reader, entries, sink, []);
        _encoder = new BatchEncoder(_options);
        _context.Request.Method = "GET";
        _context.Request.Path = "/orders/17";
        _context.Request.Headers.UserAgent = "benchmark/1";
        _context.Connection.RemoteIpAddress = IPAddress.Loopback;
        _context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/orders/{id}"), 0, null, null));
        _request = new Activity(Entries.HttpRequest).Start();
        _call = MakeCall();
        Activity.Current = _request;
        for (int i = 0; i < Samples; i++)
        {
            Request();
        }

        _queue.Take(_found);
    }

    [GlobalCleanup]
    public void CleanUp() => _activities.Dispose();

    /// <summary>A request. The queue is full, so that each also drops the oldest.</summary>
    [Benchmark]
    public void Request()
    {
        _requests.OnNext(new(Entries.HttpRequest + ".Start", _context));
        _requests.OnNext(new(Entries.HttpRequest + ".Stop", _context));
    }

    /// <summary>A request with a call to another service.</summary>
    [Benchmark]
    public void RequestWithCall()
    {
        _requests.OnNext(new(Entries.HttpRequest + ".Start", _context));
        _activities.OnStopped(_call);
        _requests.OnNext(new(Entries.HttpRequest + ".Stop", _context));
    }

    /// <summary>A transaction in its batch, before it is compressed.</summary>
    [Benchmark(OperationsPerInvoke = Samples)]
    public int Encode()
    {
        _found.CopyTo(_batch, 0);
        return _encoder.Write(_batch.AsSpan(0, _encoder.Prepare(_batch)), Guid.Empty).Length;
    }

    private static Activity MakeCall()
    {
        using ActivitySource source = new("benchmark");
        using ActivityListener listener = new()
        {
            ShouldListenTo = heard => heard == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using Activity call = source.StartActivity("GET", ActivityKind.Client)!;
        return call.SetTag("http.request.method", "GET").SetTag("url.full", "http://stock:8080/items/4").SetTag("server.address", "stock")
            .SetTag("server.port", 8080).SetTag("http.response.status_code", 200);
    }
}
