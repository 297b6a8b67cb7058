using System.Collections.Immutable;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Model.Queries;

/// <summary>
/// A query to a store for samples themselves, as plain data: some of one kind of one project in a range of times, filtered, newest first.
/// Field ordinals are those of <see cref="SampleSchema"/>.
/// </summary>
public sealed record ListQuery
{
    public required long Pcode { get; init; }

    public required Kind Kind { get; init; }

    /// <summary>Only samples with a time in this range count.</summary>
    public required TimeRange Range { get; init; }

    public ImmutableArray<Filter> Filters { get; init; } = [];

    /// <summary>Fields whose values are wanted. The list numbers them from 0 in this order.</summary>
    public required ImmutableArray<int> Fields { get; init; }

    /// <summary>Newest first; this orders samples of one time.</summary>
    public ListOrder Order { get; init; } = ListOrder.LastArrivalFirst;

    /// <summary>How many samples from the newest on are passed over.</summary>
    public long Offset { get; init; }

    /// <summary>At most this many samples are in the list.</summary>
    public required int Limit { get; init; }

    /// <summary>Only samples behind this place in the order; null for all. Not with <see cref="ListOrder.ById"/>.</summary>
    public SampleId? After { get; init; }

    /// <summary>Whether <see cref="SampleList.Total"/> is wanted, which costs a look at every sample in the range.</summary>
    public bool CountTotal { get; init; }

    /// <summary>Most samples that may be read one by one.</summary>
    public long MaxRows { get; init; } = long.MaxValue;

    /// <summary>Most bytes that the samples of the list may take.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;
}

/// <summary>What orders samples of one time in a list, which is newest first otherwise.</summary>
public enum ListOrder : byte
{
    /// <summary>By arrival, the last first: exactly the reverse of the order in which one node took them (of several nodes: by node).</summary>
    LastArrivalFirst,

    /// <summary>By arrival, the first first.</summary>
    FirstArrivalFirst,

    /// <summary>By the bytes of the field <c>id</c>, ascending; alerts only.</summary>
    ById,
}

/// <summary>
/// The samples that a <see cref="ListQuery"/> asked for, in its order. Rows and fields are numbered from 0, fields in the query's order.
/// Immutable; safe to read from several threads.
/// </summary>
public abstract class SampleList
{
    /// <summary>How many samples the list has.</summary>
    public abstract int RowCount { get; }

    /// <summary>How many samples there are without offset, limit and place; −1 when the query did not ask.</summary>
    public abstract long Total { get; }

    /// <summary>Whether samples follow behind the last one.</summary>
    public abstract bool HasMore { get; }

    /// <summary>How many bytes of memory the list takes, about.</summary>
    public abstract long AllocatedBytes { get; }

    public abstract SampleId Place(int row);

    /// <summary>Whether the sample has no value in the field.</summary>
    public abstract bool IsMissing(int row, int field);

    /// <summary>A value of a field of numbers, as kept, or <see cref="NumberColumn.Missing"/>.</summary>
    public abstract long Number(int row, int field);

    /// <summary>A value of a field of text, or of a map as canonical JSON; empty when missing.</summary>
    public abstract ReadOnlySpan<byte> Text(int row, int field);
}
