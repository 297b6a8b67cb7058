namespace TimeSeries.Query.Scheduling;

/// <summary>Why a scan gave no result.</summary>
internal enum QueryFailure : byte
{
    None,

    /// <summary>It needs more rows or groups than it may.</summary>
    OverLimit,

    /// <summary>It took longer than it may, waiting included.</summary>
    TimedOut,

    /// <summary>The store gave no whole answer.</summary>
    StoreUnavailable,
}
