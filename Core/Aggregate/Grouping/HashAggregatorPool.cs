using System.Collections.Immutable;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>
/// Aggregators of results that were disposed, for the next query of the same form. Endpoints send the same queries again and again, and garbage of each would
/// stop all threads for collections. Bounded by bytes; the aggregator that was used longest ago is dropped first. Each serves one project only. Thread safe.
/// </summary>
internal sealed class HashAggregatorPool(long maxBytes)
{
    // One query of very many groups would evict all others.
    private const int LeastKept = 4;

    // Guards the list and its bytes.
    private readonly Lock _gate = new();

    // The aggregator that was returned last is at the end.
    private readonly List<Kept> _kept = [];

    public long KeptBytes { get; private set; }

    /// <summary>An empty aggregator for a query.</summary>
    public HashAggregator Rent(SampleQuery query)
    {
        lock (_gate)
        {
            int place = _kept.FindLastIndex(kept => kept.Form.Fits(query));
            if (place >= 0)
            {
                Kept taken = _kept[place];
                _kept.RemoveAt(place);
                KeptBytes -= taken.Bytes;
                return taken.Grouped;
            }
        }

        return HashAggregator.Of(query);
    }

    /// <summary>Takes back an aggregator that was rented for a query, and clears it.</summary>
    public void Return(SampleQuery query, HashAggregator grouped)
    {
        grouped.Reset();
        RentedArray.EndRound();
        long bytes = grouped.AllocatedBytes;
        if (bytes > maxBytes / LeastKept)
        {
            return;
        }

        lock (_gate)
        {
            _kept.Add(new Kept(QueryForm.Of(query), grouped, bytes));
            KeptBytes += bytes;
            while (KeptBytes > maxBytes)
            {
                KeptBytes -= _kept[0].Bytes;
                _kept.RemoveAt(0);
            }
        }
    }

    private readonly record struct Kept(QueryForm Form, HashAggregator Grouped, long Bytes);

    // All of a query that an aggregator depends on, and the project.
    private readonly record struct QueryForm(
        long Pcode, Kind Kind, long WindowMilliseconds, long WindowOffsetMilliseconds, ImmutableArray<GroupField> GroupBy, ImmutableArray<Measure> Measures)
    {
        public static QueryForm Of(SampleQuery query) =>
            new(query.Pcode, query.Kind, query.WindowMilliseconds, query.WindowOffsetMilliseconds, query.GroupBy, query.Measures);

        public bool Fits(SampleQuery query) =>
            Pcode == query.Pcode && Kind == query.Kind
            && WindowMilliseconds == query.WindowMilliseconds && WindowOffsetMilliseconds == query.WindowOffsetMilliseconds
            && GroupBy.AsSpan().SequenceEqual(query.GroupBy.AsSpan()) && Measures.AsSpan().SequenceEqual(query.Measures.AsSpan());
    }
}
