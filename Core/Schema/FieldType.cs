namespace TimeSeries.Core.Schema;

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
