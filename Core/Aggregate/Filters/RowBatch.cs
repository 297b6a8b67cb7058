using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Filters;

/// <summary>The selected rows of a chunk for all measures, and those that meet a condition, which are found once when first needed.</summary>
internal sealed class RowBatch
{
    // One slot behind the conditions holds the samples that are no failure, which the apdex counts need.
    private const int NotFailed = (int)RowCondition.StatusNotFailure + 1;

    private readonly int _error;
    private readonly int _errorClass;
    private readonly int _status;
    private readonly bool _statusFails;
    private readonly SelectionVector?[] _byCondition = new SelectionVector?[NotFailed + 1];
    private readonly bool[] _found = new bool[NotFailed + 1];
    private readonly bool[] _meets = new bool[SelectionVector.Capacity];

    public RowBatch(KindSchema schema)
    {
        _error = schema.Kind is Kind.Transaction or Kind.Sql or Kind.Httpc ? Ordinal(schema, "error") : -1;
        _errorClass = schema.Kind is Kind.Transaction ? Ordinal(schema, "error_class") : -1;
        _status = Ordinal(schema, "status");
        _statusFails = schema.Kind is Kind.Httpc;
    }

    public IColumnChunk Chunk { get; private set; } = GroupKeys.None;

    /// <summary>Every selected row.</summary>
    public SelectionVector Every { get; } = new();

    /// <summary>Begins a batch whose rows and groups are in <see cref="Every"/>.</summary>
    public void Begin(IColumnChunk chunk)
    {
        Chunk = chunk;
        Array.Clear(_found);
    }

    /// <summary>Releases the chunk.</summary>
    public void Leave() => Begin(GroupKeys.None);

    /// <summary>The selected rows that meet a condition.</summary>
    public SelectionVector Where(RowCondition condition)
    {
        if (condition == RowCondition.Every)
        {
            return Every;
        }

        if (!_found[(int)condition])
        {
            Find(condition);
        }

        return _byCondition[(int)condition]!;
    }

    /// <summary>The selected rows that are no failure.</summary>
    public SelectionVector WhereNotFailed()
    {
        Where(RowCondition.Failed);
        return _byCondition[NotFailed]!;
    }

    private static int Ordinal(KindSchema schema, string field) => schema.Find(field)?.Ordinal ?? -1;

    private void Find(RowCondition condition)
    {
        Span<bool> meets = _meets.AsSpan(0, Every.Count);
        if (condition == RowCondition.Failed)
        {
            MarkFailed(meets);
            Keep(NotFailed, meets, wanted: false);
        }
        else
        {
            MarkStatus(condition, meets);
        }

        Keep((int)condition, meets, wanted: true);
    }

    private void MarkFailed(Span<bool> meets)
    {
        meets.Clear();
        ReadOnlySpan<int> rows = Every.SelectedRows;
        ReadOnlySpan<long> error = Numbers(_error);
        for (int i = 0; i < rows.Length && !error.IsEmpty; i++)
        {
            meets[i] = error[rows[i]] > 0;
        }

        ReadOnlySpan<int> errorClass = _errorClass < 0 ? default : Chunk.Codes(_errorClass);
        for (int i = 0; i < rows.Length && !errorClass.IsEmpty; i++)
        {
            meets[i] |= errorClass[rows[i]] >= 0;
        }

        ReadOnlySpan<long> status = _statusFails ? Numbers(_status) : default;
        for (int i = 0; i < rows.Length && !status.IsEmpty; i++)
        {
            meets[i] |= status[rows[i]] >= 400;
        }
    }

    private void MarkStatus(RowCondition condition, Span<bool> meets)
    {
        ReadOnlySpan<long> status = Numbers(_status);

        // A missing status is the smallest number, so it lies below 400 and in no other range.
        (long low, long high) = condition switch
        {
            RowCondition.StatusSuccess => (200L, 299L),
            RowCondition.StatusFailure => (400L, long.MaxValue),
            _ => (long.MinValue, 399L),
        };
        if (status.IsEmpty)
        {
            meets.Fill(condition == RowCondition.StatusNotFailure);
            return;
        }

        ReadOnlySpan<int> rows = Every.SelectedRows;
        for (int i = 0; i < rows.Length; i++)
        {
            long value = status[rows[i]];
            meets[i] = value >= low && value <= high;
        }
    }

    private void Keep(int slot, ReadOnlySpan<bool> meets, bool wanted)
    {
        SelectionVector kept = _byCondition[slot] ??= new SelectionVector();
        kept.Take(Every, meets, wanted);
        _found[slot] = true;
    }

    private ReadOnlySpan<long> Numbers(int field) => field < 0 ? default : Chunk.Numbers(field);
}

/// <summary>A query's filter, prepared for columns.</summary>
internal abstract class RowFilter
{
    /// <summary>Keeps only those of the selected rows that pass.</summary>
    public abstract void Apply(IColumnChunk chunk, SelectionVector selection);

    public static RowFilter Of(KindSchema schema, Filter filter) =>
        filter.Operator == FilterOperator.EitherOf ? new EitherFilter(schema, filter)
        : schema.Fields[filter.Field].IsText ? new TextFilter(filter)
        : new NumberFilter(filter);
}
