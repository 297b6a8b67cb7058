using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>Remembers what the latest response of a reader was computed from. Thread safe.</summary>
internal sealed class SourceWitness(ISampleReader reader) : ISampleReader
{
    private volatile ResultSource _latest;

    public ResultSource Latest => _latest;

    public async ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken)
    {
        QueryResult result = await reader.QueryAsync(query, cancellationToken);
        _latest = result.Source;
        return result;
    }

    public ValueTask<SampleList> ListAsync(ListQuery query, CancellationToken cancellationToken) => reader.ListAsync(query, cancellationToken);

    public ValueTask<ISampleTail> FollowAsync(ListQuery query, CancellationToken cancellationToken) => reader.FollowAsync(query, cancellationToken);

    public ValueTask<long> WatermarkAsync(CancellationToken cancellationToken) => reader.WatermarkAsync(cancellationToken);
}
