using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>
/// Finds the group of each row. A key of one part is looked up in an array; of a longer key the parts are joined two at a time,
/// so a row costs a look-up of two integers a part, and no bytes are compared.
/// </summary>
internal sealed class GroupTable
{
    // Texts met in one bucket mostly come again in the next; a few thousand are worth keeping.
    private const int MaxKeptValues = 65_536;

    private readonly GroupKeyColumn[] _parts;
    private readonly PairDictionary[] _joins;
    private readonly int[] _ids = new int[SelectionVector.Capacity];
    private readonly int _fieldCount;
    private int[] _groupOfValue = [];
    private int[] _valueOfGroup = [];
    private GroupKeys? _keys;
    private int[] _keyIds = [];

    public GroupTable(int fieldCount, GroupKeyColumn[] parts)
    {
        _fieldCount = fieldCount;
        _parts = parts;
        _joins = new PairDictionary[Math.Max(0, parts.Length - 1)];
        for (int i = 0; i < _joins.Length; i++)
        {
            _joins[i] = new PairDictionary();
        }
    }

    /// <summary>How many groups there are; they are numbered from 0.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<GroupKeyColumn> Parts => _parts;

    public long AllocatedBytes
    {
        get
        {
            long bytes = ((_ids.Length + _groupOfValue.Length + _valueOfGroup.Length + _keyIds.Length) * (long)sizeof(int)) + (_keys?.AllocatedBytes ?? 0);
            foreach (GroupKeyColumn part in _parts)
            {
                bytes += part.AllocatedBytes;
            }

            foreach (PairDictionary join in _joins)
            {
                bytes += join.AllocatedBytes;
            }

            return bytes;
        }
    }

    /// <summary>Writes the group of each selected row into the selection.</summary>
    public void Assign(IColumnChunk chunk, SelectionVector selection)
    {
        if (selection.Count == 0)
        {
            return;
        }

        if (_parts.Length == 0)
        {
            selection.BeginRuns();
            selection.TryAddRun(selection.Count, 0);
            Count = 1;
            return;
        }

        if (_parts is [WindowKeyColumn window] && selection.IsRun && window.TryMapRuns(chunk, selection))
        {
            Number(selection.EditRunGroups());
            return;
        }

        Span<int> groups = selection.EditGroups();
        _parts[0].Map(chunk, selection, groups);
        if (_parts.Length == 1)
        {
            Number(groups);
            return;
        }

        for (int part = 1; part < _parts.Length; part++)
        {
            Span<int> ids = _ids.AsSpan(0, groups.Length);
            _parts[part].Map(chunk, selection, ids);
            _joins[part - 1].Join(groups, ids);
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
            joined = _joins[i - 1].LeftOf(joined);
        }

        return part == 0 ? joined : _joins[part - 1].RightOf(joined);
    }

    /// <summary>The keys of all groups, a row each; valid until the next call.</summary>
    public GroupKeys ToColumns()
    {
        GroupKeys columns = _keys ??= new GroupKeys(_fieldCount);
        columns.Begin(Count);
        _keyIds = _keyIds.Length >= Count ? _keyIds : new int[Count];
        Span<int> ids = _keyIds.AsSpan(0, Count);

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
        foreach (GroupKeyColumn part in _parts)
        {
            if (part.Count > MaxKeptValues)
            {
                part.Clear();
                _groupOfValue = [];
            }
        }

        foreach (PairDictionary join in _joins)
        {
            join.Clear();
        }

        ClearGroups();
    }

    /// <summary>Clears everything for the next query, also values and which chunks were read.</summary>
    public void Reset()
    {
        foreach (GroupKeyColumn part in _parts)
        {
            part.Reset();
        }

        foreach (PairDictionary join in _joins)
        {
            join.Reset();
        }

        ClearGroups();
    }

    private void ClearGroups()
    {
        Array.Clear(_groupOfValue);
        Count = 0;
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
