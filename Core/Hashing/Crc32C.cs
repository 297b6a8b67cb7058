using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TimeSeries.Core.Hashing;

/// <summary>CRC-32C (Castagnoli, RFC 3720 §12.1): guards every record of the log and every chunk of a block.</summary>
public static class Crc32C
{
    // The polynomial, reflected, without its x³² term.
    private const uint Polynomial = 0x82F63B78;

    // What one of three checksums computed at once is of: long enough that joining them costs little beside.
    private const int Lane = 1_024;

    // x⁰ in reflected order.
    private const uint One = 1u << 31;

    // Entry k is x to the power of 8·2ᵏ modulo the polynomial: what k-th bit of a length in bytes shifts a checksum by.
    private static readonly uint[] _shifts = MakeShifts();

    // Entry 256·k + b is what a checksum whose k-th byte is b, and the others 0, becomes when the length of a lane follows.
    private static readonly uint[] _overLane = MakeOverLane();

    /// <summary>The checksum of <paramref name="bytes"/>, or of what gave <paramref name="before"/> followed by them.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        uint crc = before;
        for (; bytes.Length >= 3 * Lane; bytes = bytes[(3 * Lane)..])
        {
            crc = OfThree(bytes, crc);
        }

        crc = ~crc;
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        int i = 0;
        for (; i + 8 <= bytes.Length; i += 8)
        {
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i)));
        }

        for (; i < bytes.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, bytes[i]);
        }

        return ~crc;
    }

    /// <summary>
    /// The checksum of two parts one behind the other, from the checksum of each and the length of the second: neither is read again.
    /// A checksum is linear over GF(2), so the first one only has to be shifted by the length of the second.
    /// </summary>
    public static uint Combine(uint first, uint second, long secondLength)
    {
        uint shifted = first;
        int bit = 0;
        for (long length = secondLength; length > 0; length >>= 1, bit++)
        {
            if ((length & 1) != 0)
            {
                shifted = Multiply(_shifts[bit], shifted);
            }
        }

        return shifted ^ second;
    }

    // Each step waits for the one before, so a processor computes three checksums in the time of one.
    private static uint OfThree(ReadOnlySpan<byte> bytes, uint before)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes[..(3 * Lane)]);
        uint first = ~before;
        uint second = ~0u;
        uint third = ~0u;
        for (int i = 0; i < Lane; i += sizeof(ulong))
        {
            first = BitOperations.Crc32C(first, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i)));
            second = BitOperations.Crc32C(second, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i + Lane)));
            third = BitOperations.Crc32C(third, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i + Lane + Lane)));
        }

        return OverLane(OverLane(~first) ^ ~second) ^ ~third;
    }

    private static uint OverLane(uint crc)
    {
        ref uint entries = ref MemoryMarshal.GetArrayDataReference(_overLane);
        return Unsafe.Add(ref entries, (byte)crc) ^ Unsafe.Add(ref entries, 256 + (byte)(crc >> 8))
            ^ Unsafe.Add(ref entries, 512 + (byte)(crc >> 16)) ^ Unsafe.Add(ref entries, 768 + (int)(crc >> 24));
    }

    // Product of two polynomials over GF(2) modulo the CRC polynomial, bits reflected.
    private static uint Multiply(uint left, uint right)
    {
        uint product = 0;
        for (; left != 0; left <<= 1)
        {
            product ^= right & (uint)((int)left >> 31);
            right = (right >> 1) ^ (Polynomial & (uint)-(int)(right & 1));
        }

        return product;
    }

    private static uint[] MakeShifts()
    {
        uint[] shifts = new uint[63];
        shifts[0] = One >> 8;
        for (int k = 1; k < shifts.Length; k++)
        {
            shifts[k] = Multiply(shifts[k - 1], shifts[k - 1]);
        }

        return shifts;
    }

    private static uint[] MakeOverLane()
    {
        uint[] entries = new uint[4 * 256];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = Combine((uint)(i & 0xFF) << (i / 256 * 8), 0, Lane);
        }

        return entries;
    }
}
