using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Agent.Collecting;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Tests.Agent;

/// <summary>The agent allocates nothing of its own on the thread of a request.</summary>
[NonParallelizable]
public sealed class AllocationTests
{
    private const int Requests = 1_000;

    [Test]
    public void A_request_and_a_call_in_it_allocate_nothing_beside_their_activities()
    {
        SampleQueue queue = new(Requests * 8, Requests * 16);
        SampleSink sink = new(queue, new FakeTimeProvider());
        EntryTable entries = new();
        HttpContextReader reader = HttpContextReader.Make()!;
        IObserver<KeyValuePair<string, object?>> requests = new AspNetCoreCollector(reader, entries, sink, ["/healthz"]);
        using ActivitySource source = new("allocations-of-this-test");
        using ActivityCollector activities = new([source.Name], reader, entries, sink, []);
        DefaultHttpContext context = new();
        context.Request.Method = "GET";
        context.Request.Path = "/orders/17";
        context.Request.Headers.UserAgent = "tests/1";
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/orders/{id}"), 0, null, null));
        Activity[] entriesOfRequests = new Activity[Requests * 4];
        Activity[] calls = new Activity[Requests * 4];
        for (int i = 0; i < entriesOfRequests.Length; i++)
        {
            entriesOfRequests[i] = new Activity(Entries.HttpRequest).Start();
            calls[i] = MakeCall(source);
            calls[i].SetTag("http.request.method", "GET").SetTag("url.full", "http://stock/items/4").SetTag("http.response.status_code", 200);
            calls[i].Stop();
        }

        // What is compiled or grows at first is not counted, nor what the runtime does once in one of the runs.
        Run(0);
        long allocated = Enumerable.Range(1, 3).Min(run => Run(run * Requests));

        Assert.That(queue.Collected, Is.EqualTo(Requests * 8));
        Assert.That(sink.Faults, Is.Zero);
        Assert.That(allocated, Is.Zero);

        long Run(int from)
        {
            long sum = 0;
            for (int i = from; i < from + Requests; i++)
            {
                Activity.Current = entriesOfRequests[i];
                long before = GC.GetAllocatedBytesForCurrentThread();
                requests.OnNext(new(Entries.HttpRequest + ".Start", context));
                activities.OnStopped(calls[i]);
                sum += GC.GetAllocatedBytesForCurrentThread() - before;
                entriesOfRequests[i].SetEndTime(entriesOfRequests[i].StartTimeUtc.AddMilliseconds(1));
                before = GC.GetAllocatedBytesForCurrentThread();
                requests.OnNext(new(Entries.HttpRequest + ".Stop", context));
                sum += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            return sum;
        }
    }

    private static Activity MakeCall(ActivitySource source)
    {
        using ActivityListener listener = new()
        {
            ShouldListenTo = heard => heard == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        return source.StartActivity("GET", ActivityKind.Client)!;
    }
}
