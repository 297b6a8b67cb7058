namespace TimeSeries.Core.Schema;

/// <summary>What happens to a text longer than its field allows.</summary>
public enum OverLimit : byte
{
    /// <summary>The sample is rejected.</summary>
    Reject,

    /// <summary>The text is cut at a code point and counted as truncated.</summary>
    Cut,
}
