using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TimeSeries.Core.Hashing;

/// <summary>CRC-32C (Castagnoli, RFC 3720 §12.1): guards every record of the log and every chunk of a block.</summary>
public static class Crc32C
{
    // The polynomial, reflected, without its x³² term.
    private const uint Polynomial = 0x82F63B78;

    // x⁰ in reflected order.
    private const uint One = 1u << 31;

    // Entry k is x to the power of 8·2ᵏ modulo the polynomial: what k-th bit of a length in bytes shifts a checksum by.
    private static readonly uint[] _shifts = MakeShifts();

    /// <summary>The checksum of <paramref name="bytes"/>, or of what gave <paramref name="before"/> followed by them.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        uint crc = ~before;
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
    /// The checksum of two pieces one behind the other, from the checksum of each and the length of the second: neither is read again.
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
}
