namespace TimeSeries.Simulation.Plans;

/// <summary>What a step of a simulation does.</summary>
internal enum StepKind : byte
{
    /// <summary>A batch of new samples is pushed.</summary>
    Push,

    /// <summary>A batch of samples that are hours or days old is pushed.</summary>
    LatePush,

    /// <summary>A batch is pushed again that was acknowledged.</summary>
    Resend,

    /// <summary>A batch is pushed again that was not.</summary>
    Retry,

    /// <summary>An alert is pushed again, in another batch.</summary>
    RepeatAlert,

    /// <summary>The committer makes a group durable.</summary>
    Commit,

    /// <summary>The store takes batches.</summary>
    Apply,

    /// <summary>The committer does what it does while nobody pushes.</summary>
    Probe,

    /// <summary>Heads that are due are sealed.</summary>
    Seal,

    /// <summary>Blocks are deleted that are too old, or merged.</summary>
    Compact,

    /// <summary>A block is checked.</summary>
    Scrub,

    /// <summary>The log forgets what the store has.</summary>
    Checkpoint,

    /// <summary>Seconds pass, and the loop of the alert rules has its step.</summary>
    Rules,

    /// <summary>Time passes.</summary>
    Advance,

    /// <summary>The clock is set forward.</summary>
    ClockForward,

    /// <summary>The clock is set back.</summary>
    ClockBack,

    /// <summary>The process is killed and started again.</summary>
    Kill,

    /// <summary>The power goes, and the process is started again on what is left.</summary>
    PowerCut,

    /// <summary>The process is stopped and started again.</summary>
    Restart,

    /// <summary>Writes to come fail half way.</summary>
    ShortWrite,

    /// <summary>Reads to come fail half way.</summary>
    ShortRead,

    /// <summary>Flushes to come fail.</summary>
    FailedFlush,

    /// <summary>Other calls to come fail.</summary>
    FailedCall,

    /// <summary>Files to come can't be opened, since too many are open.</summary>
    TooManyFiles,

    /// <summary>The disk is full.</summary>
    FullDisk,

    /// <summary>The disk has room again.</summary>
    RoomOnDisk,

    /// <summary>Calls to come take seconds.</summary>
    SlowDisk,

    /// <summary>A bit of a file flips.</summary>
    BitFlip,

    /// <summary>A write to come only seems to be made.</summary>
    LostWrite,

    /// <summary>A write to come is made elsewhere in its file.</summary>
    MisdirectedWrite,

    /// <summary>A file is put back, at the next start, as it is now.</summary>
    StaleFile,
}
