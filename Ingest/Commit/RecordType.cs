namespace TimeSeries.Ingest.Commit;

/// <summary>What a record of the log is. Stored; never renumbered.</summary>
internal enum RecordType : byte
{
    /// <summary>A batch: header, then the samples in the log's codec (nothing when no sample was left).</summary>
    Batch = 1,

    /// <summary>Written to see whether the log can be written again after a fault.</summary>
    Probe = 2,

    /// <summary>
    /// Ends a unit of samples for a store that is fed from the log and begins the next: the header's pcode is the number of the unit that begins,
    /// its first number that of the next sample. Other stores pass it over.
    /// </summary>
    Mark = 3,
}
