using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>
/// Alerts that have the id of an earlier one. Two nodes may accept the same alert, since they do not know each other's ids.
/// The earliest counts: by time, then node, then number, so that every reader picks the same one. Thread safe once filled.
/// </summary>
internal sealed class RepeatedAlerts
{
    private readonly HashSet<SampleId> _repeats = [];
    private readonly HashSet<long> _buckets = [];

    /// <summary>No repeats: for kinds that cannot have any.</summary>
    public static RepeatedAlerts None { get; } = new();

    public int Count => _repeats.Count;

    /// <summary>The 5-minute buckets with repeats. They are read raw, since rollups count repeats.</summary>
    public IReadOnlySet<long> Buckets => _buckets;

    /// <summary>Whether the alert at a place is a repeat.</summary>
    public bool Contains(SampleId place) => _repeats.Contains(place);

    /// <summary>Adds the later of two alerts of one id, and returns the earlier one.</summary>
    public SampleId AddLater(SampleId? known, SampleId alert)
    {
        if (known is not { } other)
        {
            return alert;
        }

        (SampleId earlier, SampleId later) = Compare(alert, other) < 0 ? (alert, other) : (other, alert);
        _repeats.Add(later);
        _buckets.Add(InfluxSchema.BucketOf(later.Time));
        return earlier;
    }

    private static int Compare(SampleId left, SampleId right)
    {
        int byTime = left.Time.CompareTo(right.Time);
        int byNode = left.Node.CompareTo(right.Node);
        return byTime != 0 ? byTime : byNode != 0 ? byNode : left.Number.CompareTo(right.Number);
    }
}

/// <summary>Leaves out alerts that repeat earlier ones; for chunks that know the places of their rows.</summary>
internal sealed class RepeatFilter(RepeatedAlerts repeated) : RowFilter
{
    public override void Apply(IColumnChunk chunk, SelectionVector selection)
    {
        IdentifiedRows rows = (IdentifiedRows)chunk;
        int kept = 0;
        for (int i = 0; i < selection.Count; i++)
        {
            int row = selection.Rows[i];
            selection.Rows[kept] = row;
            kept += repeated.Contains(rows.Place(row)) ? 0 : 1;
        }

        selection.Count = kept;
    }
}
