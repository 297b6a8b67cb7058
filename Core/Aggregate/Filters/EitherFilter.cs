using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Filters;

/// <summary>Keeps the rows that one of several filters keeps.</summary>
internal sealed class EitherFilter : RowFilter
{
    private readonly RowFilter[] _forms;
    private readonly int[] _rows = new int[SelectionVector.Capacity];
    private readonly bool[] _passed = new bool[SelectionVector.Capacity];

    public EitherFilter(KindSchema schema, Filter filter)
    {
        _forms = new RowFilter[filter.Forms.Length];
        for (int i = 0; i < _forms.Length; i++)
        {
            _forms[i] = Of(schema, filter.Forms[i]);
        }
    }

    public override void Apply(IColumnChunk chunk, SelectionVector selection)
    {
        int count = selection.Count;
        Span<int> rows = _rows.AsSpan(0, count);
        selection.Rows.AsSpan(0, count).CopyTo(rows);
        _passed.AsSpan(0, count).Clear();
        foreach (RowFilter form in _forms)
        {
            rows.CopyTo(selection.Rows);
            selection.Count = count;
            form.Apply(chunk, selection);

            // What a filter keeps is in the order of arrival.
            for (int kept = 0, place = 0; kept < selection.Count; place++)
            {
                if (rows[place] == selection.Rows[kept])
                {
                    _passed[place] = true;
                    kept++;
                }
            }
        }

        selection.Count = 0;
        for (int place = 0; place < count; place++)
        {
            if (_passed[place])
            {
                selection.Rows[selection.Count++] = rows[place];
            }
        }
    }
}
