namespace TimeSeries.Simulation.Plans;

/// <summary>The faults that a run meets, as it counts them: armed ones only when they were met.</summary>
internal enum FaultKind : byte
{
    /// <summary>A process ended without a stop.</summary>
    Kill,

    /// <summary>The power went.</summary>
    PowerCut,

    /// <summary>A power cut left the first bytes of a write.</summary>
    TornWrite,

    /// <summary>A power cut left nothing of a write that no flush covered.</summary>
    DroppedWrite,

    /// <summary>A power cut left a write and nothing of one before it in the same file.</summary>
    ReorderedWrite,

    /// <summary>A power cut took back a name that was made, moved or deleted, since its directory was not flushed.</summary>
    MissingDirectoryFlush,

    /// <summary>A write failed half way.</summary>
    ShortWrite,

    /// <summary>A read failed half way.</summary>
    ShortRead,

    /// <summary>A flush failed, and what it covered may or may not be on the disk.</summary>
    FailedFlush,

    /// <summary>Another call failed.</summary>
    FailedCall,

    /// <summary>A file could not be opened, since too many are open.</summary>
    TooManyFiles,

    /// <summary>The disk was full.</summary>
    FullDisk,

    /// <summary>A call took seconds.</summary>
    SlowDisk,

    /// <summary>A bit flipped.</summary>
    BitFlip,

    /// <summary>A write only seemed to be made.</summary>
    LostWrite,

    /// <summary>A write was made elsewhere in its file.</summary>
    MisdirectedWrite,

    /// <summary>A file was put back as it was before.</summary>
    StaleFile,

    /// <summary>The clock was set forward.</summary>
    ClockForward,

    /// <summary>The clock was set back.</summary>
    ClockBack,

    /// <summary>A start failed, since the disk did.</summary>
    FailedStart,
}
