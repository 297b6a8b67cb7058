using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Model.Queries;

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

    public abstract SampleId Place(int row);

    /// <summary>Whether the sample has no value in the field.</summary>
    public abstract bool IsMissing(int row, int field);

    /// <summary>A value of a field of numbers, as kept, or <see cref="NumberColumn.Missing"/>.</summary>
    public abstract long Number(int row, int field);

    /// <summary>A value of a field of text, or of a map as canonical JSON; empty when missing.</summary>
    public abstract ReadOnlySpan<byte> Text(int row, int field);
}
