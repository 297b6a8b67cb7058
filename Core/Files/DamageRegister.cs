using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace TimeSeries.Core.Files;

/// <summary>
/// The damage that was found in the files of a data directory since the process started. Each place is logged and counted once, and stays known
/// until the process ends. Thread safe.
/// </summary>
/// <param name="places">Counts places, by kind of file.</param>
/// <param name="samples">Counts the samples that are lost by them, at most, by kind of file.</param>
/// <param name="logger">Gets a line for each place.</param>
public sealed partial class DamageRegister(Counter<long> places, Counter<long> samples, ILogger logger)
{
    // A disk that is broken everywhere must not fill the memory. What is beyond is still counted.
    private const int MaxKept = 1_000;

    private static readonly StoredFile[] _files = Enum.GetValues<StoredFile>();

    // Guards all below.
    private readonly Lock _gate = new();
    private readonly HashSet<(string Path, long Offset, string Reason)> _known = [];
    private readonly List<FoundDamage> _found = [];
    private readonly long[] _counts = new long[_files.Length];
    private int _quarantined;

    /// <summary>What was found, in order; at most a thousand.</summary>
    public IReadOnlyList<FoundDamage> Found
    {
        get
        {
            lock (_gate)
            {
                return [.. _found];
            }
        }
    }

    /// <summary>How many files are in quarantine.</summary>
    public int Quarantined
    {
        get => Volatile.Read(ref _quarantined);
        set => Volatile.Write(ref _quarantined, value);
    }

    /// <summary>How many places in which kinds of files, for those who may not see paths; null when there is nothing to tell.</summary>
    public string? Summary
    {
        get
        {
            List<string> sentences = [];
            lock (_gate)
            {
                if (_found.Count > 0)
                {
                    IEnumerable<string> counts = _files.Where(file => _counts[(int)file] > 0)
                        .Select(file => string.Create(CultureInfo.InvariantCulture, $"{LabelOf(file)} {_counts[(int)file]}"));
                    sentences.Add($"Damage was found in files: {string.Join(", ", counts)}. The log names each place and what is lost.");
                }
            }

            if (Quarantined > 0)
            {
                sentences.Add(string.Create(CultureInfo.InvariantCulture, $"Files in quarantine: {Quarantined}."));
            }

            return sentences.Count == 0 ? null : string.Join(' ', sentences);
        }
    }

    /// <summary>Notes a place, unless it is known. Returns whether it is new.</summary>
    public bool Report(FoundDamage damage)
    {
        lock (_gate)
        {
            (string, long, string) place = (damage.Path, damage.Offset, damage.Reason);
            if (_known.Count < MaxKept ? !_known.Add(place) : _known.Contains(place))
            {
                return false;
            }

            if (_found.Count < MaxKept)
            {
                _found.Add(damage);
            }

            _counts[(int)damage.File]++;
        }

        KeyValuePair<string, object?> label = new("file", LabelOf(damage.File));
        places.Add(1, label);
        samples.Add(damage.Samples, label);
        LogDamage(damage.Path, damage.Offset, damage.Reason, damage.Loss);
        return true;
    }

    /// <summary>The name of a kind of file in metrics and texts.</summary>
    public static string LabelOf(StoredFile file) => file switch
    {
        StoredFile.Wal => "wal",
        StoredFile.Ids => "ids",
        StoredFile.Manifest => "manifest",
        StoredFile.Block => "block",
        StoredFile.Node => "node",
        StoredFile.Checkpoint => "checkpoint",
        _ => throw new ArgumentOutOfRangeException(nameof(file)),
    };

    /// <summary>Makes the series of every kind of file, so that an alert sees the first increase.</summary>
    internal void Begin()
    {
        foreach (StoredFile file in _files)
        {
            KeyValuePair<string, object?> label = new("file", LabelOf(file));
            places.Add(0, label);
            samples.Add(0, label);
        }
    }

    [LoggerMessage(210, LogLevel.Error, "Damage in {Path} at offset {Offset}: {Reason}. {Loss}")]
    private partial void LogDamage(string path, long offset, string reason, string loss);
}

/// <summary>A place in a file that can't be read, or a file that is missing.</summary>
/// <param name="File">The kind of file.</param>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where in it, in bytes.</param>
/// <param name="Reason">What is wrong, as a clause.</param>
/// <param name="Loss">What is lost and what goes on, as sentences.</param>
/// <param name="Samples">How many samples may be lost, at most; 0 when it is not known.</param>
public sealed record FoundDamage(StoredFile File, string Path, long Offset, string Reason, string Loss, long Samples = 0);

/// <summary>The kinds of files of a data directory that are checked when they are read.</summary>
public enum StoredFile : byte
{
    Wal,
    Ids,
    Manifest,
    Block,
    Node,
    Checkpoint,
}
