namespace TimeSeries.Simulation.Disk;

/// <summary>One call to a <see cref="FaultyFileSystem"/>, in the order in which they were carried out.</summary>
/// <param name="Operation">Which call.</param>
/// <param name="Path">Of which file or directory; the text of a mark.</param>
/// <param name="Offset">Where it was written or read.</param>
/// <param name="Length">How many bytes, or the length that was set.</param>
/// <param name="Succeeded">Whether the call returned without a fault.</param>
public sealed record FileCall(FileOperation Operation, string Path, long Offset, long Length, bool Succeeded);
