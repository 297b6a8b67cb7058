using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>
/// Alerts that have the id of an earlier one. Two nodes may accept the same alert, since neither knows the other's ids.
/// The earliest counts: by time, then node, then number, so that every reader chooses the same one. Thread safe once filled.
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

    /// <summary>Whether an alert is a repeat.</summary>
    public bool Contains(SampleId alert) => _repeats.Contains(alert);

    /// <summary>Adds an alert that is a repeat.</summary>
    public void Add(SampleId alert)
    {
        _repeats.Add(alert);
        _buckets.Add(InfluxSchema.BucketOf(alert.Time));
    }
}

/// <summary>Leaves out alerts that repeat earlier ones.</summary>
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
            kept += repeated.Contains(rows.Id(row)) ? 0 : 1;
        }

        selection.Count = kept;
    }
}
