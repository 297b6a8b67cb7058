namespace TimeSeries.Tests.Files;

/// <summary>The faults that wait for their calls, and the sectors that can't be read.</summary>
internal sealed class FaultPlan
{
    private readonly List<ArmedFault> _faults = [];
    private readonly List<(string Path, long Start, long End)> _badSectors = [];

    public void Add(ArmedFault fault) => _faults.Add(fault);

    public void AddBadSectors(string path, long start, long end) => _badSectors.Add((path, start, end));

    public void Clear()
    {
        _faults.Clear();
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

    public bool IsBad(string path, long start, long end) => _badSectors.Exists(bad => bad.Path == path && start < bad.End && end > bad.Start);
}
