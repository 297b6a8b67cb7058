using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Alerts;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>
/// Follows what reaches InfluxDB. Nodes send several batches at a time, so points come in no order that a query could go by: the latest times are read again
/// and again, and samples that were seen are passed over. All times that may still get samples are read less often than the last half minute.
/// </summary>
internal sealed class PointTail(InfluxReader reader, ListQuery query, TimeProvider clock) : ISampleTail
{
    // Exporters keep spans for some seconds, and nodes for one more.
    private static readonly TimeSpan _recent = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _betweenAll = TimeSpan.FromSeconds(10);

    private readonly SeenPoints _seen = new();
    private long _lastOfAll;

    /// <summary>Marks what is there already.</summary>
    /// <exception cref="StoreUnavailableException">InfluxDB gave no whole response.</exception>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        ListQuery first = Next(ISampleTail.RangeAt(clock.GetUtcNow())) with { Fields = [], Limit = SeenPoints.MostSamples, CountTotal = false };
        SampleList list = await reader.ListUnseenAsync(first, _seen, cancellationToken).ConfigureAwait(false);
        if (list.HasMore)
        {
            _seen.Forget(list.Place(list.RowCount - 1).Time + 1);
        }

        _seen.Keep();
        _lastOfAll = clock.GetTimestamp();
    }

    public async ValueTask<SampleList> NextAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        TimeRange range = ISampleTail.RangeAt(now);
        _seen.Forget(range.From);
        bool isOfAll = clock.GetElapsedTime(_lastOfAll) >= _betweenAll;
        long from = isOfAll ? range.From : (now - _recent).ToUnixTimeMilliseconds();
        _seen.Begin();
        SampleList list = await reader.ListUnseenAsync(Next(range with { From = Math.Max(from, _seen.Earliest) }), _seen, cancellationToken)
            .ConfigureAwait(false);
        _seen.Keep();
        _lastOfAll = isOfAll ? clock.GetTimestamp() : _lastOfAll;
        return list;
    }

    private ListQuery Next(TimeRange range) => query with
    {
        Range = range,
        Order = ListOrder.LastArrivalFirst,
        Offset = 0,
        After = null,
        CountTotal = true,
    };
}

/// <summary>Leaves out samples that were seen, and alerts that repeat earlier ones.</summary>
internal sealed class UnseenFilter(SeenPoints seen, RepeatedAlerts repeated) : RowFilter
{
    public override void Apply(IColumnChunk chunk, SelectionVector selection)
    {
        IdentifiedRows rows = (IdentifiedRows)chunk;
        int kept = 0;
        for (int i = 0; i < selection.Count; i++)
        {
            int row = selection.Rows[i];
            selection.Rows[kept] = row;
            SampleId id = rows.Id(row);
            kept += !repeated.Contains(id) && seen.Add(id) ? 1 : 0;
        }

        selection.Count = kept;
    }
}
