using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Model.Queries;

/// <summary>
/// The rows of a query's result, sorted and cut to its limit. Rows, key parts and measures are numbered from 0 in the query's order.
/// Immutable; safe to read from several threads. Disposed, it gives its memory to the next query and must not be read any more; one that is not
/// disposed is left to the collector.
/// </summary>
public abstract class QueryResult : IDisposable
{
    /// <summary>How many rows the result has.</summary>
    public abstract int RowCount { get; }

    /// <summary>How many groups there are before the limit.</summary>
    public abstract long TotalGroups { get; }

    /// <summary>Whether rollups, raw samples or both gave the result.</summary>
    public abstract ResultSource Source { get; }

    /// <summary>How many samples were read one by one for the result; rollups give theirs without.</summary>
    public virtual long RowsRead => 0;

    /// <summary>How many bytes of memory the result takes until it is disposed, about.</summary>
    public abstract long AllocatedBytes { get; }

    /// <summary>Start of the row's window in ms; 0 for a query without windows.</summary>
    public abstract long WindowStart(int row);

    /// <summary>A number of the key, as kept, or <see cref="NumberColumn.Missing"/>.</summary>
    public abstract long KeyNumber(int row, int part);

    /// <summary>A text of the key; empty when missing.</summary>
    public abstract ReadOnlySpan<byte> KeyText(int row, int part);

    /// <summary>Whether the row's group is the one of samples without a value in this part of the key.</summary>
    public abstract bool KeyMissing(int row, int part);

    /// <summary>A <see cref="MeasureKind.Count"/>, <see cref="MeasureKind.Satisfied"/> or <see cref="MeasureKind.Tolerated"/>.</summary>
    public abstract long Count(int row, int measure);

    /// <summary>A <see cref="MeasureKind.Sum"/>; 0 when no sample has the field.</summary>
    public abstract Int128 Sum(int row, int measure);

    /// <summary>A <see cref="MeasureKind.SumOfSquares"/>; 0 when no sample has the field.</summary>
    public abstract UInt128 SumOfSquares(int row, int measure);

    /// <summary>
    /// A <see cref="MeasureKind.Min"/>, a <see cref="MeasureKind.Max"/> or the <see cref="MeasureKind.Latest"/> of a number field;
    /// <see cref="NumberColumn.Missing"/> when no sample has the field.
    /// </summary>
    public abstract long Number(int row, int measure);

    /// <summary>The <see cref="MeasureKind.Latest"/> of a text field; empty when no sample has it.</summary>
    public abstract ReadOnlySpan<byte> LatestText(int row, int measure);

    /// <summary>
    /// The time, in ms, of the sample that a <see cref="MeasureKind.Latest"/> is of, so that results of several queries can be merged;
    /// <see cref="NumberColumn.Missing"/> when no sample has the field.
    /// </summary>
    public abstract long LatestTime(int row, int measure);

    /// <summary>
    /// The value of rank ⌊quantile·(n−1)⌋ of a <see cref="MeasureKind.Sketch"/>, as kept, within 1 %, clamped to the smallest and greatest value;
    /// NaN when no sample has the field.
    /// </summary>
    public abstract double Quantile(int row, int measure, double quantile);

    /// <summary>The members of a <see cref="MeasureKind.Set"/>, ascending.</summary>
    public abstract ReadOnlySpan<long> Set(int row, int measure);

    /// <summary>Gives its memory to the next query.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>What a result was computed from.</summary>
public enum ResultSource : byte
{
    /// <summary>Nothing but raw samples (or nothing at all).</summary>
    Raw,

    Rollup,

    Both,
}
