namespace TimeSeries.Simulation.Disk;

/// <summary>A call to a <see cref="FaultyFileSystem"/>.</summary>
public enum FileOperation
{
    Create,
    Open,
    Read,
    Write,
    Flush,
    SetLength,
    Move,
    Delete,
    FlushDirectory,

    /// <summary>Not a call, but a note that a test left among the calls (see <see cref="FaultyFileSystem.Mark"/>).</summary>
    Mark,
}
