using System.Globalization;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Core.Storage.Influx.Rollups;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>Counts the alerts of a list from the rollups of units, so that a page of a long list does not read all of its rows.</summary>
internal sealed class AlertTotal(InfluxQlClient client, UnitCache cache, TimeProvider clock)
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);

    /// <summary>Returns the list's total; null when the query wants none, or rollups lack the fields of its filters.</summary>
    public async ValueTask<long?> CountAsync(
        ListQuery list, TimeRange range, PushdownPredicates conditions, RepeatedAlerts repeated, CancellationToken cancellationToken)
    {
        SampleQuery query = new()
        {
            Pcode = list.Pcode,
            Kind = list.Kind,
            Range = range,
            Filters = list.Filters,
            GroupBy = [new GroupField(_schema.Ordinal("severity"))],
            Measures = [new Measure(MeasureKind.Count)],
            MaxRows = list.MaxRows,
        };
        if (!list.CountTotal || !UnitScan.Fits(query))
        {
            return null;
        }

        Aggregation aggregation = new(query, cancellationToken);
        List<TimeRange> rest = [];
        await new UnitScan(client, query, aggregation, cache, repeated, clock).AddAsync(range, rest, cancellationToken).ConfigureAwait(false);
        long counted = 0;
        if (conditions.IsComplete && repeated.Count == 0)
        {
            string project = query.Pcode.ToString(CultureInfo.InvariantCulture);
            foreach (TimeRange part in rest)
            {
                counted += await PointCounts.CountAsync(client, _schema, project, part, conditions, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            RawScan raw = new(client, query, aggregation, conditions, repeated);
            foreach (TimeRange part in rest)
            {
                await raw.AddAsync(part, cancellationToken).ConfigureAwait(false);
            }
        }

        QueryResult result = aggregation.Complete();
        for (int row = 0; row < result.RowCount; row++)
        {
            counted += result.Count(row, 0);
        }

        return counted;
    }
}
