using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>A number of the key.</summary>
internal sealed class NumberKeyColumn(int field, long? missingAs) : GroupKeyColumn
{
    // Ports and statuses are few, and found here without hashing.
    private const int RecentCount = 64;

    private readonly LongHashTable _values = new();

    // What was found lately by its lowest bits: a value, and its number plus one.
    private readonly (long Value, int Next)[] _recent = new (long, int)[RecentCount];
    private readonly long _missing = missingAs ?? NumberColumn.Missing;

    public override int Count => _values.Count;

    public override long AllocatedBytes => _values.AllocatedBytes;

    public override void Map(IColumnChunk chunk, SelectionVector selection, Span<int> ids)
    {
        ReadOnlySpan<long> values = chunk.Numbers(field);
        if (values.IsEmpty)
        {
            ids.Fill(_values.Intern(_missing));
            return;
        }

        ReadOnlySpan<int> rows = selection.SelectedRows;
        for (int i = 0; i < ids.Length; i++)
        {
            long value = values[rows[i]];
            value = value == NumberColumn.Missing ? _missing : value;
            ref (long Value, int Next) recent = ref _recent[(int)value & (RecentCount - 1)];
            if (recent.Value != value || recent.Next == 0)
            {
                recent = (value, _values.Intern(value) + 1);
            }

            ids[i] = recent.Next - 1;
        }
    }

    public override long Number(int id) => _values[id];

    public override ReadOnlySpan<byte> Text(int id) => default;

    public override bool IsMissing(int id) => _values[id] == NumberColumn.Missing;

    // Missing is the smallest number, so it comes first by itself.
    public override int Compare(int left, int right) => _values[left].CompareTo(_values[right]);

    public override void Fill(GroupKeys columns, ReadOnlySpan<int> ids)
    {
        Span<long> numbers = columns.EditNumbers(field);
        for (int i = 0; i < ids.Length; i++)
        {
            numbers[i] = _values[ids[i]];
        }
    }

    public override void Clear()
    {
        _values.Clear();
        Array.Clear(_recent);
    }
}
