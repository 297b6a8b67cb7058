using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TimeSeries.Core.Model.Samples;

/// <summary>Compares texts as short as names, ids and addresses are, without a call.</summary>
internal static class ShortTexts
{
    private const int Word = sizeof(ulong);
    private const int Pair = 2 * Word;

    /// <summary>Whether two texts have the same bytes: those of 8 to 32 as two words or two pairs of words, which may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int length = left.Length;
        if (length is < Word or > 2 * Pair || length != right.Length)
        {
            return left.SequenceEqual(right);
        }

        ref byte first = ref MemoryMarshal.GetReference(left);
        ref byte second = ref MemoryMarshal.GetReference(right);
        if (length <= Pair)
        {
            ulong head = Unsafe.ReadUnaligned<ulong>(ref first) ^ Unsafe.ReadUnaligned<ulong>(ref second);
            ulong tail = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, length - Word))
                ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref second, length - Word));
            return (head | tail) == 0;
        }

        Vector128<byte> heads = Vector128.LoadUnsafe(ref first) ^ Vector128.LoadUnsafe(ref second);
        nuint last = (nuint)(length - Pair);
        Vector128<byte> tails = Vector128.LoadUnsafe(ref first, last) ^ Vector128.LoadUnsafe(ref second, last);
        return (heads | tails) == Vector128<byte>.Zero;
    }
}
