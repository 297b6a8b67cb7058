using System.Collections.Immutable;
using System.Text;

namespace TimeSeries.Core.Schema;

/// <summary>
/// One field of a kind: everything that decoder, validator, codecs, stores and responses need.
/// Limits are those of the ingest contract. Immutable and safe to share.
/// </summary>
public sealed record Field(string Name, FieldType Type)
{
    /// <summary>Place of the field in its kind; the index of its column in every table of that kind.</summary>
    public int Ordinal { get; init; }

    /// <summary>The name on the wire, in UTF-8.</summary>
    public ImmutableArray<byte> Utf8Name { get; } = [.. Encoding.UTF8.GetBytes(Name)];

    /// <summary>A sample without a value here is rejected.</summary>
    public bool Required { get; init; }

    /// <summary>Unit of the value on the wire: <c>ms</c>, <c>By</c>, <c>1</c>; empty for text.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The smallest whole number allowed, as kept.</summary>
    public long Minimum { get; init; }

    /// <summary>The largest whole number allowed, as kept.</summary>
    public long Maximum { get; init; } = long.MaxValue;

    /// <summary>The longest text allowed, in bytes of UTF-8. For a map: of each key and each value.</summary>
    public int MaxBytes { get; init; }

    public OverLimit OverLimit { get; init; }

    /// <summary>The closed set of texts allowed, in their canonical casing; empty when any text is.</summary>
    public ImmutableArray<string> Allowed { get; init; } = [];

    /// <summary>Whether <see cref="Allowed"/> is compared ignoring ASCII case.</summary>
    public bool AllowedInAnyCase { get; init; }

    /// <summary>The text is a GUID, kept in lower case with dashes; one is made when it is missing.</summary>
    public bool IsGuid { get; init; }

    /// <summary>Whether a value may be a secret, which no response to a push shows.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Set from the batch's agent and never read from a sample (okind, onode; oid and oname where samples name no agent).</summary>
    public bool FromEnvelope { get; init; }

    /// <summary>Whether the column holds text (or a map kept as text), not whole numbers.</summary>
    public bool IsText => Type is FieldType.Text or FieldType.Map;
}

/// <summary>What happens to a text longer than its field allows.</summary>
public enum OverLimit : byte
{
    /// <summary>The sample is rejected.</summary>
    Reject,

    /// <summary>The text is cut at a code point and counted as truncated.</summary>
    Cut,
}

/// <summary>The type of a field on the wire and how it is kept. All but <see cref="Text"/> and <see cref="Map"/> are kept as <see cref="long"/>.</summary>
public enum FieldType : byte
{
    /// <summary>Milliseconds since the Unix epoch, UTC.</summary>
    Time,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>True or false, kept as 1 or 0.</summary>
    Boolean,

    /// <summary>Milliseconds on the wire, integer or fraction; kept as whole microseconds.</summary>
    Duration,

    /// <summary>A number kept to 10⁻⁶, as whole millionths.</summary>
    Number,

    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>A map of text to text, kept as text: JSON with keys in ascending order of their UTF-8 bytes and no blanks.</summary>
    Map,
}
