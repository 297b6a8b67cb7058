using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Simulation.Planted;

/// <summary>Gives every third query the result of the same query before it.</summary>
internal sealed class StaleReader(ISampleReader reader) : ISampleReader
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(long Pcode, Kind Kind), SampleList> _lists = [];
    private readonly Dictionary<(long Pcode, Kind Kind, TimeRange Range), QueryResult> _results = [];
    private int _queries;

    public async ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken)
    {
        QueryResult result = await reader.QueryAsync(query, cancellationToken);
        lock (_gate)
        {
            // It is kept, so it must not give its memory to the next one.
            QueryResult kept = new KeptResult(result);
            (long, Kind, TimeRange) key = (query.Pcode, query.Kind, query.Range);
            QueryResult given = _queries++ % 3 == 0 ? _results.GetValueOrDefault(key, kept) : kept;
            _results[key] = kept;
            return given;
        }
    }

    public async ValueTask<SampleList> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        SampleList list = await reader.ListAsync(query, cancellationToken);
        lock (_gate)
        {
            (long, Kind) key = (query.Pcode, query.Kind);
            SampleList given = _queries++ % 3 == 0 && query.Filters.IsEmpty ? _lists.GetValueOrDefault(key, list) : list;
            _lists[key] = query.Filters.IsEmpty ? list : _lists.GetValueOrDefault(key, list);
            return given;
        }
    }

    public ValueTask<ISampleTail> FollowAsync(ListQuery query, CancellationToken cancellationToken) => reader.FollowAsync(query, cancellationToken);

    public long? LostSamples(Kind kind, long pcode, TimeRange range) => reader.LostSamples(kind, pcode, range);

    public ValueTask<long> WatermarkAsync(CancellationToken cancellationToken) => reader.WatermarkAsync(cancellationToken);
}
