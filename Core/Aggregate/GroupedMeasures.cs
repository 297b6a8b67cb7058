using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate;

/// <summary>Groups with what is measured of each: fed with samples or with other groups, in any order.</summary>
internal sealed class GroupedMeasures
{
    private readonly RowBatch _batch;
    private readonly MeasureState[] _states;

    public GroupedMeasures(KindSchema schema, KeyPart[] parts, ReadOnlySpan<Measure> measures)
    {
        _batch = new RowBatch(schema);
        Groups = new GroupTable(schema.Fields.Length, parts);
        _states = new MeasureState[measures.Length];
        for (int i = 0; i < _states.Length; i++)
        {
            _states[i] = MeasureState.Of(schema, measures[i]);
        }
    }

    public GroupTable Groups { get; }

    public ReadOnlySpan<MeasureState> States => _states;

    /// <summary>The rows of the next batch: whoever adds selects them here.</summary>
    public RowSelection Selection => _batch.Every;

    /// <summary>Adds the selected samples of a chunk.</summary>
    public void Add(IColumnChunk chunk)
    {
        Groups.Assign(chunk, Selection);
        if (Selection.Count == 0)
        {
            return;
        }

        _batch.Begin(chunk);
        foreach (MeasureState state in _states)
        {
            state.Reserve(Groups.Count);
            state.Add(_batch);
        }
    }

    /// <summary>Adds the selected groups of others, of which <paramref name="states"/> holds what is known, in the order of the measures here.</summary>
    public void Merge(IColumnChunk keys, ReadOnlySpan<MeasureState> states)
    {
        Groups.Assign(keys, Selection);
        for (int i = 0; i < _states.Length; i++)
        {
            _states[i].Reserve(Groups.Count);
            _states[i].Merge(states[i], Selection.SelectedRows, Selection.SelectedGroups);
        }
    }

    /// <summary>Adds all groups of another, settled one.</summary>
    public void Merge(GroupedMeasures other)
    {
        KeyColumns keys = other.Groups.ToColumns();
        for (int first = 0; first < keys.RowCount; first += RowSelection.Capacity)
        {
            Selection.SelectRun(first, Math.Min(RowSelection.Capacity, keys.RowCount - first));
            Merge(keys, other.States);
        }

        LeaveChunk();
    }

    /// <summary>Lets go of the chunk that was added last.</summary>
    public void LeaveChunk()
    {
        foreach (MeasureState state in _states)
        {
            state.LeaveChunk();
        }
    }

    /// <summary>Readies everything for being read, merged or written.</summary>
    public void Settle()
    {
        foreach (MeasureState state in _states)
        {
            state.Reserve(Groups.Count);
            state.Settle(Groups.Count);
        }
    }

    public void Clear()
    {
        foreach (MeasureState state in _states)
        {
            state.Clear(Groups.Count);
        }

        Groups.Clear();
    }
}
