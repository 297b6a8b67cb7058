using System.Globalization;
using System.Text;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>
/// Alerts that have the id of an earlier one. Nodes that were sent the same alert know nothing of each other, and one that was restarted may have forgotten:
/// then the earliest counts (by its time, then by node and number, so that every reader picks the same) and the others are left out.
/// </summary>
internal sealed class RepeatedAlerts
{
    private readonly HashSet<(long Place, string Node)> _repeats = [];

    private RepeatedAlerts()
    {
    }

    /// <summary>For kinds that have no repeats.</summary>
    public static RepeatedAlerts None { get; } = new();

    public int Count => _repeats.Count;

    /// <summary>Whether the point of a node at a place (its time in ns) is a repeat.</summary>
    public bool Contains(long place, ReadOnlySpan<byte> node) => _repeats.Contains((place, Encoding.UTF8.GetString(node)));

    /// <summary>Finds the repeats among all alerts of a project in a range, which must be all that are answered at all.</summary>
    public static async ValueTask<RepeatedAlerts> FindAsync(InfluxQlClient client, long pcode, TimeRange range, CancellationToken cancellationToken)
    {
        AnswerColumn place = new("time", isText: false);
        AnswerColumn number = new(InfluxSchema.NumberField, isText: false);
        AnswerColumn id = new("id", isText: true);
        AnswerColumn node = new(InfluxSchema.NodeTag, isText: true);
        AnswerRows rows = new(place, number, id, node);
        RepeatedAlerts repeated = new();
        Dictionary<string, (long Place, string Node, long Number)> earliest = [];
        InfluxStatement statement = InfluxStatement.Select(InfluxSchema.MeasurementOf(Kind.Alert), [InfluxSchema.NumberField, "id", InfluxSchema.NodeTag])
            .Where(InfluxSchema.PcodeTag, pcode.ToString(CultureInfo.InvariantCulture)).In(range);
        await using InfluxAnswer answer = await client.AskAsync(statement, rows, cancellationToken).ConfigureAwait(false);
        while (await answer.ReadAsync().ConfigureAwait(false))
        {
            for (int row = 0; row < rows.RowCount; row++)
            {
                repeated.Take(earliest, Encoding.UTF8.GetString(id.Text(row)), (place.Numbers[row], Encoding.UTF8.GetString(node.Text(row)), number.Numbers[row]));
            }
        }

        return repeated;
    }

    private void Take(Dictionary<string, (long Place, string Node, long Number)> earliest, string id, (long Place, string Node, long Number) alert)
    {
        if (!earliest.TryGetValue(id, out (long Place, string Node, long Number) known))
        {
            earliest.Add(id, alert);
            return;
        }

        bool isEarlier = Compare(alert, known) < 0;
        (long place, string node, _) = isEarlier ? known : alert;
        _repeats.Add((place, node));
        earliest[id] = isEarlier ? alert : known;
    }

    private static int Compare((long Place, string Node, long Number) left, (long Place, string Node, long Number) right)
    {
        // The part of a place below a millisecond is the number's, not the time's.
        int byTime = InfluxSchema.MillisecondsOf(left.Place).CompareTo(InfluxSchema.MillisecondsOf(right.Place));
        int byNode = string.CompareOrdinal(left.Node, right.Node);
        return byTime != 0 ? byTime : byNode != 0 ? byNode : left.Number.CompareTo(right.Number);
    }
}
