namespace TimeSeries.Simulation.Disk;

/// <summary>A fault that waits for its call.</summary>
internal sealed class ArmedFault(FileOperation operation, int skip, int times, int keptBytes, Func<string, IOException> make)
{
    private int _skip = skip;
    private int _times = times;

    /// <summary>How many bytes of a write reach the file before it fails.</summary>
    public int KeptBytes => keptBytes;

    public bool IsSpent => _times <= 0;

    /// <summary>The fault, when this is the call that it waits for.</summary>
    public IOException? Meet(FileOperation called, string path)
    {
        if (called != operation || IsSpent || _skip-- > 0)
        {
            return null;
        }

        _times--;
        return make(path);
    }
}
