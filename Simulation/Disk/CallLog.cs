namespace TimeSeries.Simulation.Disk;

/// <summary>The calls to a disk, in order.</summary>
internal sealed class CallLog
{
    private readonly List<FileCall> _calls = [];

    public Action<FileCall>? Observer { get; set; }

    public FileCall[] ToArray() => [.. _calls];

    public void Add(FileOperation operation, string path, long offset, long length, bool succeeded)
    {
        FileCall call = new(operation, path, offset, length, succeeded);
        _calls.Add(call);
        Observer?.Invoke(call);
    }
}
