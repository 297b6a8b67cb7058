using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native.Wire;

/// <summary>
/// Reads a body value by value, front to back, whichever its encoding, so that the forms of samples are written once. Implemented by
/// structs only, for which the compiler makes code of their own. A reader that failed stays failed: every further step says there is
/// nothing more, so that callers need no check of their own. A copy of a reader is a place to come back to.
/// </summary>
internal interface IWireReader
{
    /// <summary>Why the body is refused; null as long as it is not.</summary>
    DecodeError? Refusal { get; }

    /// <summary>Offset of the value that is read next.</summary>
    long Position { get; }

    /// <summary>The last value, where it is a <see cref="WireType.Boolean"/>.</summary>
    bool Boolean { get; }

    /// <summary>The last value, where it is a <see cref="WireType.Integer"/> or a <see cref="WireType.Timestamp"/>.</summary>
    long Integer { get; }

    /// <summary>The last value, where it is a <see cref="WireType.Float"/>.</summary>
    double Float { get; }

    /// <summary>The last value or key, where it is text or bytes; valid until the next is read.</summary>
    ReadOnlySpan<byte> Text { get; }

    /// <summary>What to begin <see cref="NextValue"/> or <see cref="NextKey"/> with, after the head of an array or map.</summary>
    int Count { get; }

    /// <summary>Offset of the last key as it is encoded, for <see cref="KeyIs"/>.</summary>
    int KeyStart { get; }

    /// <summary>Encoded length of the last key.</summary>
    int KeyLength { get; }

    /// <summary>Reads the next value; of an array or map its head only.</summary>
    WireType Read();

    /// <summary>Passes over what is inside the array or map whose head was read last; does nothing for other types.</summary>
    void SkipInside(WireType type);

    /// <summary>Steps to the next value of an array; false at its end.</summary>
    bool NextValue(ref int left);

    /// <summary>Steps to the next key of a map; false at its end.</summary>
    bool NextKey(ref int left);

    /// <summary>Whether the next key is encoded like an earlier one; if so, it is read.</summary>
    bool KeyIs(int start, int length);

    /// <summary>Reads the next key; false when it is no text, and so no name. <see cref="Text"/> is empty then.</summary>
    bool ReadKey();

    /// <summary>Checks that nothing follows the value that was read.</summary>
    void ExpectEnd();

    /// <summary>Refuses the body. The first refusal stays.</summary>
    void Refuse(DecodeError refusal);
}

/// <summary>How the body of a batch is encoded. Both encodings carry the same map.</summary>
internal enum BodyFormat : byte
{
    /// <summary>JSON (RFC 8259).</summary>
    Json,

    /// <summary>MessagePack.</summary>
    MessagePack,
}

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
