using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;
using TimeSeries.Simulation.Node;
using TimeSeries.Simulation.Plans;

namespace TimeSeries.Simulation.Running;

/// <summary>The disk of a run through all its processes: arms its faults, and counts those that are met.</summary>
internal sealed class SimulatedDisk
{
    // ENOSPC has a type of its own; these are EIO and EMFILE of Linux.
    private const int InputOutput = 5;
    private const int TooManyOpen = 24;

    private static readonly string[] _folders =
        [SimulatedNode.Folder, SimulatedNode.Folder + "/log", SimulatedNode.Folder + "/ids", SimulatedNode.Folder + "/blocks"];

    private static readonly FileOperation[] _otherCalls =
        [FileOperation.Create, FileOperation.Open, FileOperation.Move, FileOperation.Delete, FileOperation.FlushDirectory, FileOperation.SetLength];

    private readonly VirtualClock _clock;
    private readonly FaultCounts _counts;
    private readonly TraceHash _trace;
    private readonly Dictionary<string, byte[]> _copies = new(StringComparer.Ordinal);
    private int _slowCalls;
    private TimeSpan _slowness;

    public SimulatedDisk(VirtualClock clock, FaultCounts counts, TraceHash trace)
    {
        (_clock, _counts, _trace) = (clock, counts, trace);
        Use(new FaultyFileSystem());
    }

    /// <summary>The disk of the process that runs.</summary>
    public FaultyFileSystem Files { get; private set; } = new();

    /// <summary>What was damaged.</summary>
    public PlantedDamage Damage { get; } = new();

    /// <summary>How many calls have failed, or were cut short.</summary>
    public long Failures { get; private set; }

    /// <summary>How many of them were reads, or kept a file from being opened.</summary>
    public long FailedReads { get; private set; }

    /// <summary>Arms or makes the fault of a step.</summary>
    public void Arm(SimulationStep step)
    {
        Random random = step.Random();
        switch (step.Kind)
        {
            case StepKind.ShortWrite:
                Fail(FaultKind.ShortWrite, FileOperation.Write, random.Next(8), random.Next(1, 3), random.Next(2_000));
                break;
            case StepKind.ShortRead:
                Fail(FaultKind.ShortRead, FileOperation.Read, random.Next(12), random.Next(1, 4), random.Next(200));
                break;
            case StepKind.FailedFlush:
                Fail(FaultKind.FailedFlush, FileOperation.Flush, random.Next(5), random.Next(1, 4));
                break;
            case StepKind.FailedCall:
                Fail(FaultKind.FailedCall, _otherCalls[random.Next(_otherCalls.Length)], random.Next(4), random.Next(1, 3));
                break;
            case StepKind.TooManyFiles:
                FileOperation opens = random.Next(2) == 0 ? FileOperation.Open : FileOperation.Create;
                Fail(FaultKind.TooManyFiles, opens, random.Next(3), random.Next(1, 6), error: TooManyOpen);
                break;
            case StepKind.FullDisk:
                Files.CapacityBytes = Files.UsedBytes + random.Next(8_000);
                break;
            case StepKind.RoomOnDisk:
                Files.CapacityBytes = long.MaxValue;
                break;
            case StepKind.SlowDisk:
                (_slowCalls, _slowness) = (random.Next(1, 5), TimeSpan.FromSeconds(random.Next(1, 15)));
                break;
            case StepKind.LostWrite or StepKind.MisdirectedWrite:
                Lie(step.Kind, random);
                break;
            case StepKind.BitFlip:
                Flip(random);
                break;
            case StepKind.StaleFile:
                Copy(random);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, "It is no fault of the disk.");
        }
    }

    /// <summary>Makes a call of the start to come fail, at times.</summary>
    public void ArmStart(Random random)
    {
        if (random.Next(4) == 0)
        {
            FileOperation[] calls = [.. _otherCalls, FileOperation.Write, FileOperation.Flush, FileOperation.Read];
            FileOperation call = calls[random.Next(calls.Length)];
            Fail(call == FileOperation.Read ? FaultKind.ShortRead : FaultKind.FailedCall, call, random.Next(20), random.Next(1, 3));
        }
    }

    /// <summary>The process was killed.</summary>
    public void Kill()
    {
        _counts.Count(FaultKind.Kill);
        Use(Files.Kill());
    }

    /// <summary>The process has ended, and what it had open is closed.</summary>
    public void Leave() => Use(Files.Kill());

    /// <summary>The power went; what no flush covered is left as chance has it.</summary>
    public void CutPower(Random random)
    {
        _counts.Count(FaultKind.PowerCut);
        int mode = random.Next(3);
        HashSet<string> cut = new(StringComparer.Ordinal);
        Use(Files.PowerCut(change =>
        {
            int kept = mode switch
            {
                0 => 0,
                1 => random.Next(2) == 0 ? change.Length : 0,
                _ => random.Next(3) switch { 0 => change.Length, 1 => 0, _ => random.Next(change.Length + 1) },
            };
            Count(change, kept, cut);
            return kept;
        }));
    }

    /// <summary>Puts a file back of which a copy was made, while no process runs.</summary>
    public void PutBack()
    {
        foreach ((string path, byte[] old) in _copies.OrderBy(copy => copy.Key, StringComparer.Ordinal))
        {
            if (!Files.Exists(path) || Files.Bytes(path) is var now && now.AsSpan().SequenceEqual(old))
            {
                continue;
            }

            int same = now.AsSpan().CommonPrefixLength(old);
            using (IFile file = Files.Open(path, FileAccess.ReadWrite))
            {
                file.SetLength(old.Length);
                file.Write(old, 0);
                file.Flush();
            }

            Damage.Plant(path, same, Math.Max(now.Length, old.Length) - same);
            _counts.Count(FaultKind.StaleFile);
        }

        _copies.Clear();
    }

    /// <summary>The power goes, or the process is killed, within one of the changes to come.</summary>
    public void ArmEnd(Random random) => Files.Power.ChangesLeft = random.Next(random.Next(2) == 0 ? 4 : 40);

    /// <summary>Everything works again.</summary>
    public void Heal()
    {
        Files.Heal();
        Files.Power.ChangesLeft = null;
        _slowCalls = 0;
    }

    private void Use(FaultyFileSystem files)
    {
        Files = files;
        _slowCalls = 0;
        files.Observer = call =>
        {
            Damage.Note(call);
            Failures += call.Succeeded ? 0 : 1;
            _trace.Add((long)call.Operation);
            _trace.Add(call.Path);
            _trace.Add(call.Offset);
            _trace.Add(call.Length);
            _trace.Add(call.Succeeded ? 1 : 0);
            if (!call.Succeeded && call.Operation is FileOperation.Write or FileOperation.Create && files.CapacityBytes != long.MaxValue)
            {
                _counts.Count(FaultKind.FullDisk);
            }
        };
        files.Before = (_, _) =>
        {
            if (_slowCalls > 0)
            {
                _slowCalls--;
                _counts.Count(FaultKind.SlowDisk);
                _clock.Advance(_slowness);
            }
        };
    }

    private void Fail(FaultKind kind, FileOperation call, int skip, int times, int keptBytes = 0, int error = InputOutput) =>
        Files.Fail(call, skip, times, keptBytes, path =>
        {
            _counts.Count(kind);
            if (call is FileOperation.Read or FileOperation.Open)
            {
                FailedReads++;
            }

            return new IOException($"{path}: {kind}.", error);
        });

    private void Lie(StepKind kind, Random random)
    {
        // Whole sectors, as disks err.
        long shift = kind == StepKind.LostWrite ? 0 : 512L * (random.Next(2) == 0 ? random.Next(1, 8) : -random.Next(1, 8));
        Files.Lie(new WriteLie(random.Next(10), shift, (path, offset, length) =>
        {
            _counts.Count(kind == StepKind.LostWrite ? FaultKind.LostWrite : FaultKind.MisdirectedWrite);
            Damage.Plant(path, offset, length);
            if (shift != 0)
            {
                Damage.Plant(path, Math.Max(0, offset + shift), length);
            }
        }));
    }

    private void Flip(Random random)
    {
        string[] paths = [.. _folders.SelectMany(Files.List).Where(path => Files.Bytes(path).Length > 0)];
        string path = paths[random.Next(paths.Length)];
        byte[] bytes = Files.Bytes(path);
        int at = random.Next(bytes.Length);
        Files.Corrupt(path, at, (byte)(bytes[at] ^ (1 << random.Next(8))));
        Damage.Plant(path, at, 1);
        _counts.Count(FaultKind.BitFlip);
    }

    private void Copy(Random random)
    {
        string[] paths = [.. _folders.Take(3).SelectMany(Files.List)
            .Where(path => path.EndsWith("manifest", StringComparison.Ordinal) || path.Contains("/ids/", StringComparison.Ordinal)
                || path.EndsWith("log.end", StringComparison.Ordinal) || path.EndsWith(".log", StringComparison.Ordinal))];
        string path = paths[random.Next(paths.Length)];
        _copies[path] = Files.Bytes(path);
    }

    private void Count(PendingChange change, int kept, HashSet<string> cut)
    {
        if (change.Operation is FileOperation.Create or FileOperation.Move or FileOperation.Delete)
        {
            if (kept == 0)
            {
                _counts.Count(FaultKind.MissingDirectoryFlush);
            }
        }
        else if (kept < change.Length)
        {
            _counts.Count(kept == 0 ? FaultKind.DroppedWrite : FaultKind.TornWrite);
            cut.Add(change.Path);
        }
        else if (cut.Contains(change.Path))
        {
            _counts.Count(FaultKind.ReorderedWrite);
        }
    }
}
