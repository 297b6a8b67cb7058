using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>
/// Grouped measures of answers that nobody looks at any more, for the next question of the same form: endpoints ask the same ones again and again, and what
/// they would make anew for each is what the collector would stop everybody for. Kept within a bound of bytes, what was used longest ago goes first; each
/// serves one project only. Thread safe.
/// </summary>
internal sealed class HashAggregatorPool(long maxBytes)
{
    // One question of very many groups would take the place of all others.
    private const int LeastKept = 4;

    // Guards the list and its bytes.
    private readonly Lock _gate = new();

    // What was given back last comes last.
    private readonly List<Kept> _kept = [];

    public long KeptBytes { get; private set; }

    /// <summary>Without groups, for what a question asks.</summary>
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

    /// <summary>Takes back what was rented for a question, and forgets what it holds.</summary>
    public void Return(SampleQuery query, HashAggregator grouped)
    {
        grouped.Reset();
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

    // All of a question that grouped measures are made by, and the project.
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
