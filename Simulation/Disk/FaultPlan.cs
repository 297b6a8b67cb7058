namespace TimeSeries.Simulation.Disk;

/// <summary>The faults that wait for their calls, and the sectors that can't be read.</summary>
internal sealed class FaultPlan
{
    private readonly List<ArmedFault> _faults = [];
    private readonly List<WriteLie> _lies = [];
    private readonly List<(string Path, long Start, long End)> _badSectors = [];

    public void Add(ArmedFault fault) => _faults.Add(fault);

    public void Add(WriteLie lie) => _lies.Add(lie);

    public void AddBadSectors(string path, long start, long end) => _badSectors.Add((path, start, end));

    public void Clear()
    {
        _faults.Clear();
        _lies.Clear();
        _badSectors.Clear();
    }

    /// <summary>The fault that waits for this call, or null.</summary>
    public IOException? Meet(FileOperation operation, string path, out int keptBytes)
    {
        keptBytes = 0;
        foreach (ArmedFault armed in _faults)
        {
            if (armed.Meet(operation, path) is { } fault)
            {
                keptBytes = armed.KeptBytes;
                _faults.RemoveAll(other => other.IsSpent);
                return fault;
            }
        }

        return null;
    }

    /// <summary>What becomes of this write, when it is one that only seems to succeed.</summary>
    public WriteLie? MeetLie(string path, long offset, int length)
    {
        if (_lies.Find(lie => lie.IsMet()) is not { } met)
        {
            return null;
        }

        _lies.Remove(met);
        met.Met(path, offset, length);
        return met;
    }

    public bool IsBad(string path, long start, long end) => _badSectors.Exists(bad => bad.Path == path && start < bad.End && end > bad.Start);
}
