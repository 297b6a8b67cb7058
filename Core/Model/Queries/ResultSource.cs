namespace TimeSeries.Core.Model.Queries;

/// <summary>What an answer was computed from.</summary>
public enum ResultSource : byte
{
    /// <summary>Nothing but raw samples (or nothing at all).</summary>
    Raw,

    Rollup,

    Both,
}
