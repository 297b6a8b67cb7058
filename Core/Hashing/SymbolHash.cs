using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TimeSeries.Core.Hashing;

/// <summary>
/// A quick 32-bit hash of short texts for tables in memory: CRC-32C eight bytes at a time, mixed with a seed drawn once per process,
/// so that what comes from outside can't aim at one slot. Never stored.
/// </summary>
public static class SymbolHash
{
    private static readonly uint _seed = (uint)Random.Shared.NextInt64();
    private static readonly uint _factor = (uint)Random.Shared.NextInt64() | 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ReadOnlySpan<byte> text)
    {
        uint crc = _seed ^ (uint)text.Length;
        ref byte start = ref MemoryMarshal.GetReference(text);
        int i = 0;
        for (; i + 8 < text.Length; i += 8)
        {
            // CRC alone is linear, so equal differences could cancel out whatever the seed; the product makes each step non-linear.
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i))) * _factor;
        }

        crc = BitOperations.Crc32C(crc, Tail(ref start, text.Length)) * _factor;
        return crc ^ (crc >> 15);
    }

    // The last eight bytes, some of which may have been hashed before; of a shorter text all of it. The length is in the seed, so nothing needs telling apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Tail(ref byte start, int length)
    {
        if (length >= 8)
        {
            return Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8));
        }

        if (length >= 4)
        {
            return Unsafe.ReadUnaligned<uint>(ref start) | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - 4)) << 32);
        }

        ulong tail = 0;
        for (int i = 0; i < length; i++)
        {
            tail |= (ulong)Unsafe.Add(ref start, i) << (8 * i);
        }

        return tail;
    }
}
