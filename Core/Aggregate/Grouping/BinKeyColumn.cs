using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>The bin that a number lies in, as a part of the key; its value is the bin's edge. The last number given is that of missing values.</summary>
internal sealed class BinKeyColumn(int field, NumberBins bins) : GroupKeyColumn
{
    private readonly int _missing = bins.Edges.Length;

    public override int Count => _missing + 1;

    public override long AllocatedBytes => 0;

    public override void Map(IColumnChunk chunk, SelectionVector selection, Span<int> ids)
    {
        ReadOnlySpan<long> values = chunk.Numbers(field);
        if (values.IsEmpty)
        {
            ids.Fill(_missing);
            return;
        }

        ReadOnlySpan<int> rows = selection.SelectedRows;
        for (int i = 0; i < ids.Length; i++)
        {
            long value = values[rows[i]];
            ids[i] = value == NumberColumn.Missing ? _missing : bins.IndexOf(value);
        }
    }

    public override long Number(int id) => IsMissing(id) ? NumberColumn.Missing : bins.Edges[id];

    public override ReadOnlySpan<byte> Text(int id) => default;

    public override bool IsMissing(int id) => id == _missing;

    public override int Compare(int left, int right) => Number(left).CompareTo(Number(right));

    public override void Fill(GroupKeys columns, ReadOnlySpan<int> ids)
    {
        Span<long> numbers = columns.EditNumbers(field);
        for (int i = 0; i < ids.Length; i++)
        {
            numbers[i] = Number(ids[i]);
        }
    }

    public override void Clear()
    {
        // Bins are numbered by their place, whatever was read.
    }
}
