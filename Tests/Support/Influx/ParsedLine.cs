namespace TimeSeries.Tests.Support.Influx;

/// <summary>One line of a write: a point, or why it is none. A comment is neither.</summary>
/// <param name="Number">Its place in the body, from 1.</param>
/// <param name="Text">The line as sent.</param>
internal sealed record ParsedLine(int Number, string Text)
{
    public string Measurement { get; init; } = "";

    /// <summary>By key, in the keys' order.</summary>
    public SortedDictionary<string, string> Tags { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, FieldValue> Fields { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Nanoseconds since 1970; null when the line leaves it to the server.</summary>
    public long? Time { get; init; }

    /// <summary>Why the line is no point.</summary>
    public string? Error { get; init; }

    /// <summary>What tells the line's series from others.</summary>
    public string Series => Measurement + "," + string.Join(',', Tags.Select(tag => $"{tag.Key}={tag.Value}"));
}
