using System.Collections.Immutable;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Model.Queries;

/// <summary>
/// A question to a store, as plain data: samples of one kind of one project in a range of times, filtered, grouped, measured, sorted.
/// Every documented endpoint is one of these and a shaper. Field ordinals are those of <see cref="SampleSchema"/>.
/// </summary>
public sealed record SampleQuery
{
    public required long Pcode { get; init; }

    public required Kind Kind { get; init; }

    /// <summary>Only samples with a time in this range count.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>Length in ms of the windows, aligned to the epoch, that groups are also split by; 0 for none.</summary>
    public long WindowMilliseconds { get; init; }

    /// <summary>How far ahead of UTC, in ms, the clock is by which windows begin: days of +09:00 begin nine hours before those of UTC.</summary>
    public long WindowOffsetMilliseconds { get; init; }

    public ImmutableArray<GroupField> GroupBy { get; init; } = [];

    public ImmutableArray<Measure> Measures { get; init; } = [];

    public ImmutableArray<Filter> Filters { get; init; } = [];

    /// <summary>The order of the rows; whatever it leaves equal is sorted by window, then by the key's parts, ascending.</summary>
    public ImmutableArray<OrderTerm> Order { get; init; } = [];

    /// <summary>At most this many rows are in the result; its total counts all.</summary>
    public int Limit { get; init; } = int.MaxValue;

    /// <summary>Whether rollups may be used. Answers are the same either way; only the cost differs.</summary>
    public bool UseRollups { get; init; } = true;

    /// <summary>Most samples that may be read one by one.</summary>
    public long MaxRows { get; init; } = long.MaxValue;

    /// <summary>Most groups that may be made.</summary>
    public int MaxGroups { get; init; } = int.MaxValue;
}
