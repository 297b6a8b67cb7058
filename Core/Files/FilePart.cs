namespace TimeSeries.Core.Files;

/// <summary>The beginning of a file, which does not change any more though the file may grow.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">How long the part is.</param>
public readonly record struct FilePart(string Path, long Bytes);
