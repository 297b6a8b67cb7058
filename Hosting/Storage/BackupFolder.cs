namespace TimeSeries.Hosting.Storage;

/// <summary>A folder that belongs into a backup wherever it is, under a name in the storage directory.</summary>
/// <param name="Name">Its name in the backup.</param>
/// <param name="FindPath">Finds where it is, once the host has started.</param>
public sealed record BackupFolder(string Name, Func<string> FindPath);
