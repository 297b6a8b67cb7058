namespace TimeSeries.Ingest.Building;

/// <summary>What became of one value.</summary>
internal enum ValueOutcome : byte
{
    /// <summary>It stands in its column (or is missing and may be).</summary>
    Kept,

    /// <summary>It stands in its column, cut to its limit.</summary>
    Cut,

    /// <summary>It costs its sample.</summary>
    Rejected,
}
