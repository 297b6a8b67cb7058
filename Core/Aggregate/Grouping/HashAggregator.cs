using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>Groups with what is measured of each: fed with samples or with other groups, in any order.</summary>
internal sealed class HashAggregator
{
    // Selections of rows by condition, about.
    private const long BatchBytes = 200_000;

    private readonly RowBatch _batch;
    private readonly Accumulator[] _states;
    private readonly List<FusedNumberStats> _totals = [];

    // The states that are fed one by one, since no totals serve them.
    private readonly List<Accumulator> _fed = [];

    // Whether states know more than what they were fed: totals that were flushed, or other states.
    private bool _isFlushed;

    public HashAggregator(KindSchema schema, GroupKeyColumn[] parts, ReadOnlySpan<Measure> measures)
    {
        _batch = new RowBatch(schema);
        Groups = new GroupTable(schema.Fields.Length, parts);
        _states = new Accumulator[measures.Length];
        for (int i = 0; i < _states.Length; i++)
        {
            _states[i] = Accumulator.Of(schema, measures[i]);
        }

        for (int i = 0; i < _states.Length; i++)
        {
            Distribute(schema, measures[i], _states[i], measures);
        }
    }

    public GroupTable Groups { get; }

    public long AllocatedBytes
    {
        get
        {
            long bytes = BatchBytes + Groups.AllocatedBytes;
            foreach (Accumulator state in _states)
            {
                bytes += state.AllocatedBytes;
            }

            foreach (FusedNumberStats totals in _totals)
            {
                bytes += totals.AllocatedBytes;
            }

            return bytes;
        }
    }

    /// <summary>An aggregator of a query, without groups.</summary>
    public static HashAggregator Of(SampleQuery query)
    {
        KindSchema schema = SampleSchema.Of(query.Kind);
        List<GroupKeyColumn> parts = [];
        if (query.WindowMilliseconds > 0)
        {
            parts.Add(new WindowKeyColumn(query.WindowMilliseconds, query.WindowOffsetMilliseconds));
        }

        foreach (GroupField group in query.GroupBy)
        {
            parts.Add(GroupKeyColumn.Of(schema, group));
        }

        return new HashAggregator(schema, [.. parts], query.Measures.AsSpan());
    }

    public ReadOnlySpan<Accumulator> States => _states;

    /// <summary>The rows of the next batch: whoever adds selects them here.</summary>
    public SelectionVector Selection => _batch.Every;

    /// <summary>Adds the selected samples of a chunk.</summary>
    public void Add(IColumnChunk chunk)
    {
        Groups.Assign(chunk, Selection);
        if (Selection.Count == 0)
        {
            return;
        }

        _batch.Begin(chunk);
        foreach (FusedNumberStats totals in _totals)
        {
            totals.Reserve(Groups.Count);
            totals.Add(chunk, Selection);
            _isFlushed |= totals.HasFlushed;
        }

        foreach (Accumulator state in _fed)
        {
            state.Reserve(Groups.Count);
            state.Add(_batch);
        }
    }

    /// <summary>Adds the selected groups of others. <paramref name="states"/> holds their measures, in the order of the measures here.</summary>
    public void Merge(IColumnChunk keys, ReadOnlySpan<Accumulator> states)
    {
        Groups.Assign(keys, Selection);
        _isFlushed = true;
        for (int i = 0; i < _states.Length; i++)
        {
            _states[i].Reserve(Groups.Count);
            _states[i].Merge(states[i], Selection.SelectedRows, Selection.SelectedGroups);
        }
    }

    /// <summary>Adds all groups of another, which is finished or <see cref="Close">closed</see>.</summary>
    public void Merge(HashAggregator other) => Merge(other, SelectionVector.Capacity, CooperativeYield.Urgent);

    /// <summary>The same, with a <see cref="CooperativeYield.Step"/> after so many groups, at most <see cref="SelectionVector.Capacity"/>.</summary>
    public void Merge(HashAggregator other, int groupsAStep, CooperativeYield throttle)
    {
        GroupKeys keys = other.Groups.ToColumns();
        for (int first = 0; first < keys.RowCount; first += groupsAStep)
        {
            throttle.Step();
            Selection.SelectRun(first, Math.Min(groupsAStep, keys.RowCount - first));
            if (other._isFlushed)
            {
                Merge(keys, other.States);
            }
            else
            {
                MergeFed(keys, other);
            }
        }

        // They hold nothing any more when they were flushed.
        foreach (FusedNumberStats totals in other._totals)
        {
            totals.Clear();
        }

        LeaveChunk();
    }

    private void MergeFed(GroupKeys keys, HashAggregator other)
    {
        Groups.Assign(keys, Selection);
        for (int i = 0; i < _totals.Count; i++)
        {
            _totals[i].Reserve(Groups.Count);
            _totals[i].Merge(other._totals[i], Selection.SelectedRows, Selection.SelectedGroups);
            _isFlushed |= _totals[i].HasFlushed;
        }

        for (int i = 0; i < _fed.Count; i++)
        {
            _fed[i].Reserve(Groups.Count);
            _fed[i].Merge(other._fed[i], Selection.SelectedRows, Selection.SelectedGroups);
        }
    }

    /// <summary>Releases the chunk that was added last.</summary>
    public void LeaveChunk()
    {
        foreach (Accumulator state in _states)
        {
            state.LeaveChunk();
        }
    }

    /// <summary>Prepares everything for reading, merging or writing.</summary>
    public void Finish()
    {
        _isFlushed = true;
        foreach (Accumulator state in _states)
        {
            state.Reserve(Groups.Count);
        }

        foreach (FusedNumberStats totals in _totals)
        {
            totals.Flush();
        }

        foreach (Accumulator state in _states)
        {
            state.Finish(Groups.Count);
        }
    }

    /// <summary>Prepares everything for merging into another of the same measures, which costs less than <see cref="Finish"/>.</summary>
    public void Close()
    {
        if (_isFlushed)
        {
            Finish();
            return;
        }

        foreach (Accumulator state in _fed)
        {
            state.Reserve(Groups.Count);
            state.Finish(Groups.Count);
        }
    }

    /// <summary>Clears the groups. Values of their keys are kept, since the next groups mostly have the same ones.</summary>
    public void Clear()
    {
        ClearMeasures();
        Groups.Clear();
    }

    /// <summary>Clears everything for the next query, and releases what was read.</summary>
    public void Reset()
    {
        ClearMeasures();
        Groups.Reset();
        _batch.Leave();
    }

    private void ClearMeasures()
    {
        _isFlushed = false;
        foreach (FusedNumberStats totals in _totals)
        {
            totals.Clear();
        }

        foreach (Accumulator state in _states)
        {
            state.Clear(Groups.Count);
        }
    }

    // A pass over a column that several measures read finds what all of them want; for one measure alone its own pass is cheaper.
    private void Distribute(KindSchema schema, Measure measure, Accumulator state, ReadOnlySpan<Measure> measures)
    {
        if (state is SketchAccumulator sketch)
        {
            _fed.Add(state);
            if (measure.Condition == RowCondition.Every)
            {
                sketch.TakeExtremes(TotalsOf(measure.Field));
            }

            return;
        }

        int field = CountsAll(measure) ? RequiredField(schema, measures) : FieldOf(schema, measure);
        if (field < 0 || UsesOf(schema, measures, field) < 2)
        {
            _fed.Add(state);
        }
        else
        {
            TotalsOf(field).Serve(state);
        }
    }

    private FusedNumberStats TotalsOf(int field)
    {
        FusedNumberStats? totals = _totals.Find(known => known.Field == field);
        if (totals is null)
        {
            totals = new FusedNumberStats(field);
            _totals.Add(totals);
        }

        return totals;
    }

    private static bool CountsAll(Measure measure) => measure is { Kind: MeasureKind.Count, Field: < 0, Condition: RowCondition.Every };

    // Every sample has a value in a required field, so counting those that do counts all.
    private static int RequiredField(KindSchema schema, ReadOnlySpan<Measure> measures)
    {
        foreach (Measure measure in measures)
        {
            int field = FieldOf(schema, measure);
            if (field >= 0 && schema.Fields[field].Required && UsesOf(schema, measures, field) > 1)
            {
                return field;
            }
        }

        return -1;
    }

    private static int UsesOf(KindSchema schema, ReadOnlySpan<Measure> measures, int field)
    {
        int uses = 0;
        foreach (Measure measure in measures)
        {
            uses += FieldOf(schema, measure) == field ? 1 : 0;
        }

        return uses;
    }

    // The field whose totals tell the measure; −1 when none do.
    private static int FieldOf(KindSchema schema, Measure measure) =>
        measure.Kind is MeasureKind.Count or MeasureKind.Sum or MeasureKind.Min or MeasureKind.Max or MeasureKind.Sketch
        && measure is { Field: >= 0, Condition: RowCondition.Every }
        && !schema.Fields[measure.Field].IsText ? measure.Field : -1;
}
