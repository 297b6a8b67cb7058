namespace TimeSeries.Ingest.Protocols.Native.Wire;

/// <summary>What a value on the wire is, whichever the encoding.</summary>
internal enum WireType : byte
{
    /// <summary>There is no value: the body is refused.</summary>
    Failed,

    Null,
    Boolean,

    /// <summary>A whole number that a <see cref="long"/> holds.</summary>
    Integer,

    /// <summary>A whole number above all that a <see cref="long"/> holds.</summary>
    LargeInteger,

    Float,
    Text,

    /// <summary>Bytes: taken for text where text is expected.</summary>
    Binary,

    /// <summary>Text that has no UTF-8 form (a lone surrogate).</summary>
    MalformedText,

    Array,
    Map,

    /// <summary>A point in time, given as whole milliseconds.</summary>
    Timestamp,

    /// <summary>A value of an extension type that means nothing here.</summary>
    Other,
}
