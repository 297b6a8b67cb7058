using TimeSeries.Core.Model;

namespace TimeSeries.Core.Aggregate;

/// <summary>
/// Finds the group of each row. A key of one part is looked up in an array; of a longer key the parts are joined two at a time,
/// so a row costs a look-up of two integers a part, and no bytes are compared.
/// </summary>
internal sealed class GroupTable
{
    // Texts met in one bucket mostly come again in the next; a few thousand are worth keeping.
    private const int MaxKeptValues = 65_536;

    private readonly KeyPart[] _parts;
    private readonly NumberTable[] _joins;
    private readonly int[] _ids = new int[RowSelection.Capacity];
    private readonly int _fieldCount;
    private int[] _groupOfValue = [];
    private int[] _valueOfGroup = [];

    public GroupTable(int fieldCount, KeyPart[] parts)
    {
        _fieldCount = fieldCount;
        _parts = parts;
        _joins = new NumberTable[Math.Max(0, parts.Length - 1)];
        for (int i = 0; i < _joins.Length; i++)
        {
            _joins[i] = new NumberTable();
        }
    }

    /// <summary>How many groups there are; they are numbered from 0.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<KeyPart> Parts => _parts;

    /// <summary>Writes the group of each selected row into the selection.</summary>
    public void Assign(IColumnChunk chunk, RowSelection selection)
    {
        ReadOnlySpan<int> rows = selection.SelectedRows;
        Span<int> groups = selection.Groups.AsSpan(0, rows.Length);
        if (rows.IsEmpty)
        {
            return;
        }

        if (_parts.Length == 0)
        {
            groups.Clear();
            Count = 1;
            return;
        }

        _parts[0].Map(chunk, rows, groups);
        if (_parts.Length == 1)
        {
            Number(groups);
            return;
        }

        for (int part = 1; part < _parts.Length; part++)
        {
            Span<int> ids = _ids.AsSpan(0, rows.Length);
            _parts[part].Map(chunk, rows, ids);
            Join(_joins[part - 1], groups, ids);
        }

        Count = _joins[^1].Count;
    }

    /// <summary>The number of a group's value in a part of the key.</summary>
    public int ValueOf(int group, int part)
    {
        if (_parts.Length == 1)
        {
            return _valueOfGroup[group];
        }

        int joined = group;
        for (int i = _parts.Length - 1; i > part; i--)
        {
            joined = (int)(_joins[i - 1][joined] >> 32);
        }

        return part == 0 ? joined : (int)_joins[part - 1][joined];
    }

    /// <summary>The keys of all groups, a row each.</summary>
    public KeyColumns ToColumns()
    {
        KeyColumns columns = new(_fieldCount, Count);
        int[] ids = new int[Count];

        // From the last part, so that a time in the key is there before its window.
        for (int part = _parts.Length - 1; part >= 0; part--)
        {
            for (int group = 0; group < Count; group++)
            {
                ids[group] = ValueOf(group, part);
            }

            _parts[part].Fill(columns, ids);
        }

        return columns;
    }

    public void Clear()
    {
        foreach (KeyPart part in _parts)
        {
            if (part.Count > MaxKeptValues)
            {
                part.Clear();
                _groupOfValue = [];
            }
        }

        foreach (NumberTable join in _joins)
        {
            join.Clear();
        }

        Array.Clear(_groupOfValue);
        Count = 0;
    }

    private static void Join(NumberTable join, Span<int> joined, ReadOnlySpan<int> ids)
    {
        long last = -1;
        int id = 0;
        for (int i = 0; i < joined.Length; i++)
        {
            long pair = ((long)joined[i] << 32) | (uint)ids[i];
            if (pair != last)
            {
                id = join.Intern(pair);
                last = pair;
            }

            joined[i] = id;
        }
    }

    // Values may outlive the groups that they were met in, so groups are numbered apart from them.
    private void Number(Span<int> ids)
    {
        int values = _parts[0].Count;
        if (values > _groupOfValue.Length)
        {
            int size = Math.Max(values, _groupOfValue.Length * 2);
            Array.Resize(ref _groupOfValue, size);
        }

        if (values > _valueOfGroup.Length)
        {
            Array.Resize(ref _valueOfGroup, _groupOfValue.Length);
        }

        int[] groupOfValue = _groupOfValue;
        for (int i = 0; i < ids.Length; i++)
        {
            int group = groupOfValue[ids[i]] - 1;
            if (group < 0)
            {
                group = Count++;
                _valueOfGroup[group] = ids[i];
                groupOfValue[ids[i]] = group + 1;
            }

            ids[i] = group;
        }
    }
}
