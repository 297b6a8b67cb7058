namespace TimeSeries.Core.Log;

/// <summary>What became of a group of records.</summary>
public enum LogOutcome : byte
{
    /// <summary>All records are on stable storage.</summary>
    Appended = 0,

    /// <summary>None is, since the log holds as much as it may or the disk is full; none will ever be read.</summary>
    Full = 1,

    /// <summary>None is, since a write or flush failed; none will ever be read.</summary>
    Failed = 2,

    /// <summary>
    /// A write or flush failed, and so did taking back what was written. The records are not durable; they are taken back as soon as the disk
    /// works again, before anything else is appended, but if the process ends before that, they may be read.
    /// </summary>
    InDoubt = 3,
}
