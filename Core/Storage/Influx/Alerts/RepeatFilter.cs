using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Core.Storage.Influx.Alerts;

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
