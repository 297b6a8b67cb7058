using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Model.Ports;

/// <summary>Follows what is stored: gives each sample once, in calls one after the other. For one caller at a time.</summary>
public interface ISampleTail
{
    /// <summary>How old a sample may be, by its time, when it is stored. Older ones are not given.</summary>
    static readonly TimeSpan OldestSample = TimeSpan.FromMinutes(5);

    // Many times what clocks of agents may be ahead. From the oldest sample on they are one hour.
    private static readonly TimeSpan _latestSample = TimeSpan.FromMinutes(55);

    /// <summary>The times of samples that are given at a moment.</summary>
    static TimeRange RangeAt(DateTimeOffset now) =>
        new((now - OldestSample).ToUnixTimeMilliseconds(), (now + _latestSample).ToUnixTimeMilliseconds());

    /// <summary>
    /// The samples that are stored by now and were not before the last call that returned, or before following began. The list has the newest of them, at
    /// most the query's limit; its total counts all. None is given again, in the list or not.
    /// </summary>
    /// <exception cref="QueryLimitException">Following needs more rows or bytes than it may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    /// <exception cref="StoreUnavailableException">The store gave no complete response. The next call gives what this one would have.</exception>
    ValueTask<SampleList> NextAsync(CancellationToken cancellationToken);
}
