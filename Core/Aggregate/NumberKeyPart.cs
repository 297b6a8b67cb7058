using TimeSeries.Core.Model;

namespace TimeSeries.Core.Aggregate;

/// <summary>A number of the key.</summary>
internal sealed class NumberKeyPart(int field, long? missingAs) : KeyPart
{
    private readonly NumberTable _values = new();
    private readonly long _missing = missingAs ?? NumberColumn.Missing;

    public override int Count => _values.Count;

    public override long AllocatedBytes => _values.AllocatedBytes;

    public override void Map(IColumnChunk chunk, ReadOnlySpan<int> rows, Span<int> ids)
    {
        ReadOnlySpan<long> values = chunk.Numbers(field);
        if (values.IsEmpty)
        {
            ids.Fill(_values.Intern(_missing));
            return;
        }

        long last = 0;
        int id = -1;
        for (int i = 0; i < ids.Length; i++)
        {
            long value = values[rows[i]];
            if (value == NumberColumn.Missing)
            {
                value = _missing;
            }

            if (value != last || id < 0)
            {
                id = _values.Intern(value);
                last = value;
            }

            ids[i] = id;
        }
    }

    public override long Number(int id) => _values[id];

    public override ReadOnlySpan<byte> Text(int id) => default;

    public override bool IsMissing(int id) => _values[id] == NumberColumn.Missing;

    // Missing is the smallest number, so it comes first by itself.
    public override int Compare(int left, int right) => _values[left].CompareTo(_values[right]);

    public override void Fill(KeyColumns columns, ReadOnlySpan<int> ids)
    {
        long[] numbers = new long[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            numbers[i] = _values[ids[i]];
        }

        columns.SetNumbers(field, numbers);
    }

    public override void Clear() => _values.Clear();
}
