using SharpFuzz.Common;

namespace TimeSeries.Fuzzing.Running;

/// <summary>
/// Which edges of the instrumented assemblies ran, and how often: SharpFuzz counts them in 64 KiB, which this reads. One in a process, made before any
/// instrumented code runs. The classes of counts are AFL's (https://lcamtuf.coredump.cx/afl/technical_details.txt).
/// </summary>
internal sealed unsafe class EdgeMap
{
    private const int Size = 1 << 16;

    private static readonly byte[] _classes = MakeClasses();

    private readonly byte[] _counts = GC.AllocateArray<byte>(Size, pinned: true);
    private readonly byte[] _seen = new byte[Size];

    public EdgeMap()
    {
        fixed (byte* counts = _counts)
        {
            Trace.SharedMem = counts;
        }
    }

    /// <summary>How many edges ran so far.</summary>
    public int Edges { get; private set; }

    /// <summary>Forgets what ran last.</summary>
    public void Clear()
    {
        _counts.AsSpan().Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds what ran to what was seen. True when an edge is new, or ran in a class of numbers in which it was not seen before.</summary>
    public bool AddNew()
    {
        bool isNew = false;
        ReadOnlySpan<byte> rest = _counts;
        int at = rest.IndexOfAnyExcept((byte)0);
        while (at >= 0)
        {
            byte bit = _classes[_counts[at]];
            if ((_seen[at] & bit) == 0)
            {
                isNew = true;
                Edges += _seen[at] == 0 ? 1 : 0;
                _seen[at] |= bit;
            }

            int next = rest[(at + 1)..Size].IndexOfAnyExcept((byte)0);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return isNew;
    }

    private static byte[] MakeClasses()
    {
        byte[] classes = new byte[256];
        for (int count = 1; count < classes.Length; count++)
        {
            classes[count] = (byte)(count switch { < 4 => 1 << (count - 1), < 8 => 8, < 16 => 16, < 32 => 32, < 128 => 64, _ => 128 });
        }

        return classes;
    }
}
