namespace TimeSeries.Benchmarks.Wire;

/// <summary>How a time lies in a prepared body, and so how it is patched.</summary>
internal enum TimeLayout
{
    /// <summary>Eight bytes, the highest first: a MessagePack integer.</summary>
    BigEndian,

    /// <summary>Eight bytes, the lowest first: a packed column.</summary>
    LittleEndian,

    /// <summary>Thirteen decimal digits: JSON.</summary>
    Digits,
}
