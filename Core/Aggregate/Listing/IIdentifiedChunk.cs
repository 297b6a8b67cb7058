using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Listing;

/// <summary>Samples as columns that also tell the place of each.</summary>
internal interface IIdentifiedChunk : IColumnChunk
{
    /// <summary>The sequence number of each row.</summary>
    ReadOnlySpan<long> RunningNumbers { get; }

    /// <summary>The node of each row; empty when all are of the node that the listing is told.</summary>
    ReadOnlySpan<ulong> Nodes { get; }

    /// <summary>Copies the texts of a few rows of a field, without reading the others where the chunk can.</summary>
    /// <param name="field">The field.</param>
    /// <param name="from">Rows of the chunk, ascending.</param>
    /// <param name="into">Where the texts go; rows without one stay as they are.</param>
    /// <param name="to">The row there of each.</param>
    void CopyTexts(int field, ReadOnlySpan<int> from, TextColumn into, ReadOnlySpan<int> to)
    {
        ReadOnlySpan<int> codes = Codes(field);
        SymbolView symbols = Symbols(field);
        for (int i = 0; i < from.Length && !codes.IsEmpty; i++)
        {
            if (codes[from[i]] != TextColumn.Missing)
            {
                into.Set(to[i], symbols[codes[from[i]]]);
            }
        }
    }
}
