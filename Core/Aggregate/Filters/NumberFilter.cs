using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Filters;

/// <summary>A filter on numbers: a range, or a list.</summary>
internal sealed class NumberFilter : RowFilter
{
    private readonly int _field;
    private readonly long[]? _list;
    private readonly bool _wantListed;
    private readonly long _low = NumberColumn.Missing + 1;
    private readonly long _high = long.MaxValue;

    public NumberFilter(Filter filter)
    {
        _field = filter.Field;
        long[] numbers = [.. filter.Numbers];
        Array.Sort(numbers);
        switch (filter.Operator)
        {
            case FilterOperator.Present:
                break;
            case FilterOperator.GreaterThanAnyOf when numbers.Length > 0 && numbers[0] < long.MaxValue:
                _low = Math.Max(_low, numbers[0] + 1);
                break;
            case FilterOperator.LessThanAnyOf when numbers.Length > 0 && numbers[^1] > long.MinValue:
                _high = numbers[^1] - 1;
                break;
            case FilterOperator.NoneOf:
                _list = numbers;
                break;
            default:
                // What is left can't be met by a number, except by one of a list.
                _list = filter.Operator == FilterOperator.AnyOf ? numbers : [];
                _wantListed = true;
                break;
        }
    }

    public override void Apply(IColumnChunk chunk, SelectionVector selection)
    {
        ReadOnlySpan<long> values = chunk.Numbers(_field);
        if (values.IsEmpty)
        {
            selection.Count = Passes(NumberColumn.Missing) ? selection.Count : 0;
            return;
        }

        selection.Count = _list is null ? KeepRange(values, selection.SelectedRows, selection.Rows)
            : _list.Length == 1 ? KeepOne(values, selection.SelectedRows, selection.Rows)
            : KeepListed(values, selection.SelectedRows, selection.Rows);
    }

    private int KeepRange(ReadOnlySpan<long> values, ReadOnlySpan<int> rows, Span<int> into)
    {
        (long low, long high) = (_low, _high);
        int kept = 0;
        foreach (int row in rows)
        {
            into[kept] = row;
            kept += values[row] >= low && values[row] <= high ? 1 : 0;
        }

        return kept;
    }

    private int KeepOne(ReadOnlySpan<long> values, ReadOnlySpan<int> rows, Span<int> into)
    {
        (long listed, bool wanted) = (_list![0], _wantListed);
        int kept = 0;
        foreach (int row in rows)
        {
            into[kept] = row;
            kept += values[row] == listed == wanted ? 1 : 0;
        }

        return kept;
    }

    private int KeepListed(ReadOnlySpan<long> values, ReadOnlySpan<int> rows, Span<int> into)
    {
        int kept = 0;
        foreach (int row in rows)
        {
            into[kept] = row;
            kept += Passes(values[row]) ? 1 : 0;
        }

        return kept;
    }

    private bool Passes(long value) =>
        _list is null ? value >= _low && value <= _high : Array.BinarySearch(_list, value) >= 0 == _wantListed;
}
