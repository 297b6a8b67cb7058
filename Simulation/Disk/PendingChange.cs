namespace TimeSeries.Simulation.Disk;

/// <summary>A change that no flush has made durable, whose fate a power cut decides.</summary>
/// <param name="Operation">Write or SetLength of a file; Create, Move or Delete of a name.</param>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where it was written, or the length that was set.</param>
/// <param name="Length">Bytes written; 1 for what can only happen or not.</param>
public sealed record PendingChange(FileOperation Operation, string Path, long Offset, int Length);
