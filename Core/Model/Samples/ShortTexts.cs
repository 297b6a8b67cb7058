using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TimeSeries.Core.Model.Samples;

/// <summary>Compares texts as short as names, ids and addresses are, without a call.</summary>
internal static class ShortTexts
{
    private const int Word = sizeof(ulong);

    /// <summary>Whether two texts have the same bytes: those of 8 to 16 as two words, which may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length is < Word or > 2 * Word || left.Length != right.Length)
        {
            return left.SequenceEqual(right);
        }

        ulong first = MemoryMarshal.Read<ulong>(left) ^ MemoryMarshal.Read<ulong>(right);
        ulong last = MemoryMarshal.Read<ulong>(left[^Word..]) ^ MemoryMarshal.Read<ulong>(right[^Word..]);
        return (first | last) == 0;
    }
}
