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

/// <summary>One call to a <see cref="FaultyFileSystem"/>, in the order in which they were carried out.</summary>
/// <param name="Operation">Which call.</param>
/// <param name="Path">Of which file or directory; the text of a mark.</param>
/// <param name="Offset">Where it was written or read.</param>
/// <param name="Length">How many bytes, or the length that was set.</param>
/// <param name="Succeeded">Whether the call returned without a fault.</param>
public sealed record FileCall(FileOperation Operation, string Path, long Offset, long Length, bool Succeeded);

/// <summary>A change that no flush has made durable, whose fate a power cut decides.</summary>
/// <param name="Operation">Write or SetLength of a file; Create, Move or Delete of a name.</param>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where it was written, or the length that was set.</param>
/// <param name="Length">Bytes written; 1 for what can only happen or not.</param>
public sealed record PendingChange(FileOperation Operation, string Path, long Offset, int Length);
