using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Embedded.Alerts;

/// <summary>The ids of alerts: their text in the column, and a filter that rules out most ids that a block does not have.</summary>
internal static class AlertIds
{
    // Ten bits and seven probes an id: one look-up in a hundred is in vain.
    private const int BitsPerId = 10;
    private const int Probes = 7;

    /// <summary>The column of the ids.</summary>
    public static int Field { get; } = SampleSchema.Of(Kind.Alert).Ordinal("id");

    public static bool TryParse(ReadOnlySpan<byte> text, out Guid id) =>
        Utf8Parser.TryParse(text, out id, out int read, 'D') && read == text.Length;

    /// <summary>An id as the text in its column.</summary>
    public static byte[] TextOf(Guid id)
    {
        byte[] text = new byte[36];
        Utf8Formatter.TryFormat(id, text, out _, 'D');
        return text;
    }

    /// <summary>An empty Bloom filter for so many ids.</summary>
    public static byte[] MakeFilter(int ids) => new byte[Math.Max(8, (int)(((long)ids * BitsPerId + 7) / 8))];

    public static void Add(Span<byte> filter, long pcode, Guid id)
    {
        (ulong at, ulong step) = Hash(pcode, id);
        for (int i = 0; i < Probes; i++, at += step)
        {
            ulong bit = at % ((ulong)filter.Length * 8);
            filter[(int)(bit >> 3)] |= (byte)(1 << (int)(bit & 7));
        }
    }

    /// <summary>Whether the filter may hold the id; false is certain. What is empty is no filter.</summary>
    public static bool MayContain(ReadOnlySpan<byte> filter, long pcode, Guid id)
    {
        if (filter.IsEmpty)
        {
            return true;
        }

        (ulong at, ulong step) = Hash(pcode, id);
        for (int i = 0; i < Probes; i++, at += step)
        {
            ulong bit = at % ((ulong)filter.Length * 8);
            if ((filter[(int)(bit >> 3)] >> (int)(bit & 7) & 1) == 0)
            {
                return false;
            }
        }

        return true;
    }

    // Stored in blocks, so it never changes and has no seed. Whoever aims at one slot only makes own look-ups slower.
    private static (ulong At, ulong Step) Hash(long pcode, Guid id)
    {
        ReadOnlySpan<ulong> halves = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in id));
        ulong at = Mix(halves[0] ^ Mix((ulong)pcode));
        return (at, Mix(halves[1] ^ at) | 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD;
        value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }
}
