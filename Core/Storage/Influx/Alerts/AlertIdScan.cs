using System.Globalization;
using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>Reads from InfluxDB which alert ids and units a project has. Thread safe.</summary>
internal sealed class AlertIdScan(InfluxQlClient client, long pcode)
{
    public const long DayMilliseconds = 86_400_000;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);

    private readonly string _project = pcode.ToString(CultureInfo.InvariantCulture);

    /// <summary>Takes the ids of the alerts in a range.</summary>
    /// <param name="range">The range.</param>
    /// <param name="ids">What takes them.</param>
    /// <param name="restrict">Adds conditions to the statement; null for none.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async ValueTask ReadAsync(TimeRange range, StoredAlertIds ids, Action<InfluxStatement>? restrict, CancellationToken cancellationToken)
    {
        InfluxColumn id = new("id", isText: true);
        IdentifiedRows rows = new(_schema, [], id);
        InfluxStatement statement = InfluxStatement.Select(_schema.Name, [.. rows.Columns, "id"]).Where(InfluxSchema.PcodeTag, _project).In(range);
        restrict?.Invoke(statement);
        await using InfluxResponse response = await client.QueryAsync(statement, rows.Rows, cancellationToken).ConfigureAwait(false);
        while (await response.ReadAsync().ConfigureAwait(false))
        {
            rows.ReadIds();
            for (int row = 0; row < rows.RowCount; row++)
            {
                ids.Take(ListedOrder.IdOf(id.Text(row)), rows.Id(row));
            }
        }
    }

    /// <summary>Counts the alerts of each day of a range, ascending. InfluxDB passes over all of them once.</summary>
    public ValueTask<List<(long Start, long Points)>> CountAsync(TimeRange range, CancellationToken cancellationToken) =>
        PointCounts.CountAsync(client, _schema, _project, [range], DayMilliseconds, cancellationToken);

    /// <summary>Counts the unit rows of each window and says whether a unit is open, ascending. Windows without alerts are left out.</summary>
    public async ValueTask<List<AlertUnits>> UnitsAsync(TimeRange range, long windowMilliseconds, CancellationToken cancellationToken)
    {
        InfluxStatement statement = InfluxStatement.CountAndLeast(InfluxSchema.RollupMeasurement, InfluxSchema.PartsField)
            .Where(InfluxSchema.PcodeTag, _project).Where(InfluxSchema.KindTag, _schema.Name).In(range).ByTime(windowMilliseconds);
        List<AlertUnits> windows = [];
        InfluxColumn time = new("time", isText: false);
        InfluxColumn count = new("count", isText: false);
        InfluxColumn least = new("min", isText: false);
        await client.ForEachAsync(
            statement,
            new InfluxRows(time, count, least),
            row => windows.Add(new AlertUnits(InfluxSchema.MillisecondsOf(time.Numbers[row]), count.Numbers[row], least.Numbers[row] <= 0)),
            cancellationToken).ConfigureAwait(false);
        return windows;
    }
}

/// <summary>The units with alerts in a window of time.</summary>
/// <param name="Start">The window's start in ms.</param>
/// <param name="Rows">Rows of their rollups, including those of open units. Every unit adds rows before or with its first alert.</param>
/// <param name="IsOpen">Whether a unit is open, so that alerts may come without another row.</param>
internal readonly record struct AlertUnits(long Start, long Rows, bool IsOpen);
