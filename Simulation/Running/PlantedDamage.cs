using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;
using TimeSeries.Simulation.Node;

namespace TimeSeries.Simulation.Running;

/// <summary>Which files a run has damaged, and in the log which groups of records.</summary>
internal sealed class PlantedDamage
{
    private const string LogFolder = SimulatedNode.Folder + "/log/";
    private const string LogExtension = ".log";

    // Stretches of positions of the log: what was written with one call, and what was damaged.
    private readonly List<(long From, long To)> _groups = [];
    private readonly List<(long From, long To)> _damaged = [];

    /// <summary>Whether any file was damaged.</summary>
    public bool Any { get; private set; }

    /// <summary>Whether idempotency keys may be forgotten by it.</summary>
    public bool ForgetsKeys { get; private set; }

    /// <summary>Notes a write to the log.</summary>
    public void Note(FileCall call)
    {
        if (call.Operation == FileOperation.Write && call.Offset >= FileHeader.Size && PositionAt(call.Path, call.Offset) is { } from)
        {
            _groups.Add((from, from + call.Length));
        }
    }

    /// <summary>Notes damage to a file.</summary>
    public void Plant(string path, long offset, long length)
    {
        Any = true;
        ForgetsKeys |= path.Contains("/log", StringComparison.Ordinal) || path.Contains("/ids/", StringComparison.Ordinal)
            || path.Contains("/manifest", StringComparison.Ordinal);
        if (PositionAt(path, offset) is { } from)
        {
            _damaged.Add((from, from + length));
        }
    }

    /// <summary>
    /// Whether the group of the record that ends at a position was damaged. What a damaged last group had can't be told from a torn one after a crash.
    /// </summary>
    public bool Hits(long end) => _groups.Exists(group => group.From < end && end <= group.To
        && _damaged.Exists(damaged => damaged.From < group.To && damaged.To > group.From));

    private static long? PositionAt(string path, long offset) =>
        path.StartsWith(LogFolder, StringComparison.Ordinal) && path.EndsWith(LogExtension, StringComparison.Ordinal)
            && long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long start)
            ? start + offset - FileHeader.Size
            : null;
}
