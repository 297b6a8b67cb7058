namespace TimeSeries.Ingest.Idempotency;

/// <summary>Where a remembered key was found at the start.</summary>
internal enum RestoredFrom : byte
{
    Journal,

    /// <summary>Only the log has it, so it must go to the journal before the log forgets it.</summary>
    Log,
}
