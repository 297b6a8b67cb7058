using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Model.Ports;

/// <summary>
/// Some samples of one kind of one project, as columns that are read when asked for: a part of the head, a chunk of a block, rows streamed from InfluxDB.
/// Spans stay valid until the chunk is left. Used by one thread at a time.
/// </summary>
public interface IColumnChunk
{
    int RowCount { get; }

    /// <summary>The smallest time of the rows, in ms.</summary>
    long FirstTime { get; }

    /// <summary>The greatest time of the rows, in ms.</summary>
    long LastTime { get; }

    /// <summary>The values of a number field, a row each; empty when no row has the field. Missing is <see cref="NumberColumn.Missing"/>.</summary>
    ReadOnlySpan<long> Numbers(int field);

    /// <summary>The codes of a text field, a row each; empty when no row has the field. Missing is <see cref="TextColumn.Missing"/>.</summary>
    ReadOnlySpan<int> Codes(int field);

    /// <summary>What the codes of a text field mean.</summary>
    SymbolView Symbols(int field);

    /// <summary>
    /// The codes of some texts in the dictionary of a text field, −1 for one that it has not, where they are found without reading the dictionary; else empty.
    /// The array of texts is used again with the same texts.
    /// </summary>
    ReadOnlySpan<int> CodesOf(int field, byte[][] texts) => default;

    /// <summary>
    /// Says that only these rows are looked at until <see cref="Widen"/>: the other rows of a column that is read meanwhile may hold anything, so that they
    /// need not be decoded.
    /// </summary>
    void Narrow(ReadOnlySpan<int> rows)
    {
    }

    /// <summary>Ends what <see cref="Narrow"/> began; spans that were got meanwhile are no longer valid.</summary>
    void Widen()
    {
    }
}
