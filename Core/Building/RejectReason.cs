namespace TimeSeries.Core.Building;

/// <summary>Why a sample is rejected. The names are metric tags; <see cref="RejectedSamples"/> makes sentences of them.</summary>
public enum RejectReason : byte
{
    None = 0,

    /// <summary>The row is neither a map (rows) nor an array (table).</summary>
    NotASample,

    /// <summary>A table's row has more or fewer values than there are fields.</summary>
    WrongWidth,

    /// <summary>A required field has no value.</summary>
    Missing,

    /// <summary>The value has another type than the field.</summary>
    WrongType,

    /// <summary>The number is less than the field's minimum.</summary>
    TooSmall,

    /// <summary>The number is greater than the field's maximum.</summary>
    TooLarge,

    /// <summary>The text is longer than the field allows, or a key or value of a map is.</summary>
    TooLong,

    /// <summary>The map has too many entries.</summary>
    TooManyEntries,

    /// <summary>The text is not UTF-8, or has a lone surrogate.</summary>
    InvalidText,

    /// <summary>The text is not in the field's closed set.</summary>
    NotAllowed,

    /// <summary>The text is no GUID.</summary>
    NotAGuid,

    /// <summary>The time has not 13 digits.</summary>
    NotMilliseconds,

    /// <summary>The time is too far ahead of the server's clock.</summary>
    Ahead,

    /// <summary>The time is past the kind's retention.</summary>
    PastRetention,

    /// <summary>An index points behind its dictionary.</summary>
    BadIndex,

    /// <summary>The project has as many agents as it may have in a day.</summary>
    TooManyAgents,
}
