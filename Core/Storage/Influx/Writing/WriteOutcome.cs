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

    /// <summary>
    /// 400 or 422 for a limit of series, values or storage, or for the database's retention: an operator can lift it. Halves are sent until each line is alone,
    /// which is held and tried slowly. Only a line that this node need not keep any more is refused for good.
    /// </summary>
    LimitReached,

    /// <summary>413, a proxy's too, or a reset while a large body was sent: smaller writes are sent; a line alone is held until the limit is raised.</summary>
    TooLarge,

    /// <summary>401, 403: held and tried slowly until an operator corrects the account.</summary>
    Denied,

    /// <summary>404 for a missing database: made once where that is allowed, then held.</summary>
    NoDatabase,

    /// <summary>404 otherwise, a missing retention policy, or a status that no InfluxDB gives: held and tried slowly.</summary>
    Misconfigured,

    /// <summary>408, 429, 5xx, a time-out, a broken connection, or a 204, 400 or 422 that is not InfluxDB's: tried again.</summary>
    Unavailable,
}
