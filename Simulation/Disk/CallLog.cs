namespace TimeSeries.Simulation.Disk;

/// <summary>The calls to a disk, in order.</summary>
internal sealed class CallLog
{
    private readonly List<FileCall> _calls = [];
    private int _openFiles;

    public Action<FileCall>? Observer { get; set; }

    /// <summary>How many files were opened and are not closed. Files are closed without the disk's lock.</summary>
    public int OpenFiles => Volatile.Read(ref _openFiles);

    public void NoteClosed() => Interlocked.Decrement(ref _openFiles);

    public FileCall[] ToArray() => [.. _calls];

    public void Add(FileOperation operation, string path, long offset, long length, bool succeeded)
    {
        FileCall call = new(operation, path, offset, length, succeeded);
        _calls.Add(call);
        if (succeeded && operation is (FileOperation.Create or FileOperation.Open))
        {
            Interlocked.Increment(ref _openFiles);
        }

        Observer?.Invoke(call);
    }
}
