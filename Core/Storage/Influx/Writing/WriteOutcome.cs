namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>The outcome of a write, which decides what becomes of its lines.</summary>
public enum WriteOutcome : byte
{
    /// <summary>204: all lines are stored.</summary>
    Stored,

    /// <summary>
    /// 400 "partial write" (1.x, 3.x) or 422 (2.x): some lines are refused for good, the others stored. Halves are sent until each refused line is alone.
    /// </summary>
    PartlyRefused,

    /// <summary>400 otherwise: the whole write is refused for some line (2.x), or all lines are. Halves are sent until each refused line is alone.</summary>
    Refused,

    /// <summary>413, or a reset while a large body was sent: smaller writes are sent.</summary>
    TooLarge,

    /// <summary>401, 403: held and tried slowly until an operator corrects the account.</summary>
    Denied,

    /// <summary>404 for a missing database: made once where that is allowed, then held.</summary>
    NoDatabase,

    /// <summary>404 otherwise, a missing retention policy, or a status that no InfluxDB gives: held and tried slowly.</summary>
    Misconfigured,

    /// <summary>408, 429, 5xx, a time-out or a broken connection: tried again.</summary>
    Unavailable,
}
