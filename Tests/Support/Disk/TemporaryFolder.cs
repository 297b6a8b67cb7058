namespace TimeSeries.Tests.Support.Disk;

/// <summary>A folder of a test's own under the system's temporary folder, gone with everything in it when disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => FullName = Directory.CreateTempSubdirectory("timeseries-").FullName;

    public string FullName { get; }

    /// <summary>The path of something in the folder.</summary>
    public string this[string name] => Path.Combine(FullName, name);

    public static implicit operator string(TemporaryFolder folder) => folder.FullName;

    public void Dispose()
    {
        if (Directory.Exists(FullName))
        {
            Directory.Delete(FullName, recursive: true);
        }
    }
}
