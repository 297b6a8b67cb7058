namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>How a value lies in a body.</summary>
internal enum ValueLayout
{
    /// <summary>The bytes of a text, without what stands around it.</summary>
    Text,

    /// <summary>A MessagePack integer in its shortest form.</summary>
    MessagePackInteger,

    /// <summary>A MessagePack float 64 of thousandths.</summary>
    MessagePackDecimal,

    /// <summary>A MessagePack boolean.</summary>
    MessagePackBoolean,

    /// <summary>Decimal digits.</summary>
    Digits,

    /// <summary>Decimal digits with up to three behind the point.</summary>
    DecimalDigits,

    /// <summary>32-bit integers in a row, the lowest byte first.</summary>
    PackedInt32,

    /// <summary>64-bit integers in a row, the lowest byte first.</summary>
    PackedInt64,

    /// <summary>Float 64 of thousandths in a row, the lowest byte first.</summary>
    PackedDecimal,

    /// <summary>Places in a MessagePack dictionary as 32-bit integers in a row.</summary>
    PackedIndex,

    /// <summary>Places in a JSON dictionary, filled up with blanks before them.</summary>
    BlankIndex,
}
