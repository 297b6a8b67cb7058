namespace TimeSeries.Ui.Data;

/// <summary>What a panel shows, or why it shows nothing. Immutable, so that many may show it.</summary>
/// <param name="Content">What there is to see; null where there is nothing.</param>
/// <param name="Fault">Why there is no result, as a sentence; null when there is one.</param>
/// <param name="Newest">The time of the newest sample at all, in ms, where the range has none; null where none is known.</param>
public sealed record PanelResult<TContent>(TContent? Content, string? Fault = null, long? Newest = null)
    where TContent : class
{
    /// <summary>What is missing in it, as a sentence; null when it is whole.</summary>
    public string? Note { get; init; }
}

/// <summary>What a part of a view shows.</summary>
public enum PanelState
{
    Loading,
    Failed,
    Empty,
    Filled,
}
