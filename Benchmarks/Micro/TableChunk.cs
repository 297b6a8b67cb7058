using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>A batch's table as a chunk that aggregation reads.</summary>
internal sealed class TableChunk(SampleTable table) : IColumnChunk
{
    public int RowCount => table.RowCount;

    public long FirstTime { get; } = table.FindNumbers(KindSchema.Time)!.Values[0];

    public long LastTime { get; } = table.FindNumbers(KindSchema.Time)!.Values[^1];

    public ReadOnlySpan<long> Numbers(int field) => table.FindNumbers(field) is { } column ? column.Values : [];

    public ReadOnlySpan<int> Codes(int field) => table.FindTexts(field) is { } column ? column.Codes : [];

    public SymbolView Symbols(int field) => table.FindTexts(field) is { } column ? column.Symbols.View() : SymbolView.Empty;
}
