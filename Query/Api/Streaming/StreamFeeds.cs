using Microsoft.Extensions.Options;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Streaming;

/// <summary>The feeds that have clients: one for all who look at the same thing. Counts streams against their limits. Thread safe.</summary>
internal sealed class StreamFeeds(
    QueryScheduler scans, IOptions<QueryOptions> options, QueryInstruments instruments, TimeProvider clock, ILogger<StreamFeeds> logger)
{
    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StreamFeed> _feeds = [];
    private readonly Dictionary<long, int> _byProject = [];
    private int _streams;

    /// <summary>Most streams of a project: one can't take them all.</summary>
    public int MostOfProject => Math.Max(1, options.Value.MaxStreams / 2);

    /// <summary>Joins the feed of a request.</summary>
    /// <returns>The feed; null, and whether the project alone has too many, when there are too many streams.</returns>
    public StreamFeed? TryJoin(StreamRequest request, out bool isOverProject)
    {
        lock (_gate)
        {
            int ofProject = _byProject.GetValueOrDefault(request.Pcode);
            isOverProject = _streams < options.Value.MaxStreams;
            if (!isOverProject || ofProject >= MostOfProject)
            {
                return null;
            }

            if (!_feeds.TryGetValue(request.Subject, out StreamFeed? feed))
            {
                _feeds[request.Subject] = feed = request.Samples is { } samples
                    ? new SampleFeed(samples, scans, instruments, clock, logger)
                    : new AggregateFeed(request.Aggregate!, scans, clock, logger);
                feed.Start();
            }

            feed.Clients++;
            _streams++;
            _byProject[request.Pcode] = ofProject + 1;
            instruments.StreamsOpen.Add(1);
            return feed;
        }
    }

    /// <summary>Leaves a feed, which ends with its last client.</summary>
    public ValueTask LeaveAsync(StreamRequest request, StreamFeed feed)
    {
        lock (_gate)
        {
            instruments.StreamsOpen.Add(-1);
            _streams--;
            if (--_byProject[request.Pcode] == 0)
            {
                _byProject.Remove(request.Pcode);
            }

            if (--feed.Clients > 0)
            {
                return ValueTask.CompletedTask;
            }

            _feeds.Remove(request.Subject);
        }

        return feed.DisposeAsync();
    }
}
