using System.Globalization;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>
/// Alerts that have the id of an earlier one. Nodes that were sent the same alert know nothing of each other, and one that was restarted may have forgotten:
/// then the earliest counts (by its time, then by node and number, so that every reader picks the same) and the others are left out.
/// </summary>
internal sealed class RepeatedAlerts
{
    private readonly HashSet<SamplePlace> _repeats = [];

    private RepeatedAlerts()
    {
    }

    /// <summary>For kinds that have no repeats.</summary>
    public static RepeatedAlerts None { get; } = new();

    public int Count => _repeats.Count;

    /// <summary>Whether the alert at a place is a repeat.</summary>
    public bool Contains(SamplePlace place) => _repeats.Contains(place);

    /// <summary>
    /// Finds the repeats among the alerts of a project in a range, which must be all that are answered at all. Where only some ids can be in the
    /// answer, <paramref name="conditions"/> leave out the others.
    /// </summary>
    public static async ValueTask<RepeatedAlerts> FindAsync(InfluxQlClient client, long pcode, TimeRange range, PointConditions conditions, CancellationToken cancellationToken)
    {
        AnswerColumn id = new("id", isText: true);
        PlacedRows rows = new(SampleSchema.Of(Kind.Alert), [], id);
        RepeatedAlerts repeated = new();
        Dictionary<UInt128, SamplePlace> earliest = [];
        InfluxStatement statement = InfluxStatement.Select(InfluxSchema.MeasurementOf(Kind.Alert), [.. rows.Columns, "id"])
            .Where(InfluxSchema.PcodeTag, pcode.ToString(CultureInfo.InvariantCulture)).In(range);
        conditions.AddIds(statement);
        await using InfluxAnswer answer = await client.AskAsync(statement, rows.Rows, cancellationToken).ConfigureAwait(false);
        while (await answer.ReadAsync().ConfigureAwait(false))
        {
            rows.TakePlaces();
            for (int row = 0; row < rows.RowCount; row++)
            {
                repeated.Take(earliest, ListedOrder.IdOf(id.Text(row)), rows.Place(row));
            }
        }

        return repeated;
    }

    private void Take(Dictionary<UInt128, SamplePlace> earliest, UInt128 id, SamplePlace alert)
    {
        if (!earliest.TryGetValue(id, out SamplePlace known))
        {
            earliest.Add(id, alert);
            return;
        }

        bool isEarlier = Compare(alert, known) < 0;
        _repeats.Add(isEarlier ? known : alert);
        earliest[id] = isEarlier ? alert : known;
    }

    private static int Compare(SamplePlace left, SamplePlace right)
    {
        int byTime = left.Time.CompareTo(right.Time);
        int byNode = left.Node.CompareTo(right.Node);
        return byTime != 0 ? byTime : byNode != 0 ? byNode : left.Number.CompareTo(right.Number);
    }
}
