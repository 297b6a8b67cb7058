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

    public static uint Of(ReadOnlySpan<byte> text)
    {
        uint crc = _seed ^ (uint)text.Length;
        ref byte start = ref MemoryMarshal.GetReference(text);
        int i = 0;
        for (; i + 8 <= text.Length; i += 8)
        {
            // CRC alone is linear, so equal differences could cancel out whatever the seed; the product makes each step non-linear.
            ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i));
            crc = BitOperations.Crc32C(crc, word) * _factor;
        }

        ulong tail = 0;
        for (int shift = 0; i < text.Length; i++, shift += 8)
        {
            tail |= (ulong)Unsafe.Add(ref start, i) << shift;
        }

        crc = BitOperations.Crc32C(crc, tail) * _factor;
        return crc ^ (crc >> 15);
    }
}
