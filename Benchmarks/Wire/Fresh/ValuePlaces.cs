namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>Where the values of one column lie in a body, and how.</summary>
/// <param name="Layout">How.</param>
internal sealed record ValuePlaces(ValueLayout Layout)
{
    /// <summary>Offsets of the first bytes of values, in the order of samples; of packed ones the first alone.</summary>
    public List<int> Offsets { get; } = [];

    /// <summary>Offset of the first text of a dictionary.</summary>
    public int DictionaryOffset { get; init; }
}
