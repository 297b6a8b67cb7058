using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// 32-bit numbers (codes, text lengths) as unsigned distances from a base, 0, 1, 2 or 4 little-endian bytes each. All arithmetic wraps.
/// </summary>
internal static class CodePacking
{
    /// <summary>Whether a byte read from a file is a width.</summary>
    public static bool IsWidth(int width) => width is 0 or 1 or 2 or 4;

    /// <summary>The smallest and the largest of the numbers; of none, the largest and the smallest there are.</summary>
    public static (int Smallest, int Largest) RangeOf(ReadOnlySpan<int> values)
    {
        ref int source = ref MemoryMarshal.GetReference(values);
        Vector256<int> smallest = Vector256.Create(int.MaxValue);
        Vector256<int> largest = Vector256.Create(int.MinValue);
        int i = 0;
        for (; i + Vector256<int>.Count <= values.Length; i += Vector256<int>.Count)
        {
            Vector256<int> eight = Vector256.LoadUnsafe(ref source, (nuint)i);
            smallest = Vector256.Min(smallest, eight);
            largest = Vector256.Max(largest, eight);
        }

        (int least, int most) = (int.MaxValue, int.MinValue);
        for (int lane = 0; lane < Vector256<int>.Count; lane++)
        {
            (least, most) = (Math.Min(least, smallest[lane]), Math.Max(most, largest[lane]));
        }

        for (; i < values.Length; i++)
        {
            (least, most) = (Math.Min(least, values[i]), Math.Max(most, values[i]));
        }

        return (least, most);
    }

    public static void Pack(ReadOnlySpan<int> values, int origin, int width, Span<byte> packed)
    {
        int i = width switch
        {
            1 => PackBytes(values, origin, packed),
            2 => PackShorts(values, origin, packed),
            _ => 0,
        };
        for (; i < values.Length && width > 0; i++)
        {
            NumberPacking.WriteOne(packed, i, width, (uint)unchecked(values[i] - origin));
        }
    }

    public static void Unpack(ReadOnlySpan<byte> packed, int origin, int width, Span<int> values)
    {
        if (width == 0)
        {
            values.Fill(origin);
            return;
        }

        int i = width switch
        {
            1 => UnpackBytes(packed, origin, values),
            2 => UnpackShorts(packed, origin, values),
            _ => 0,
        };
        for (; i < values.Length; i++)
        {
            values[i] = unchecked(origin + (int)NumberPacking.ReadOne(packed, i, width));
        }
    }

    private static int PackBytes(ReadOnlySpan<int> values, int origin, Span<byte> packed)
    {
        ref int source = ref MemoryMarshal.GetReference(values);
        ref byte target = ref MemoryMarshal.GetReference(packed);
        int i = 0;
        for (; i + Vector256<byte>.Count <= values.Length; i += Vector256<byte>.Count)
        {
            Vector256.Narrow(Sixteen(ref source, i, origin), Sixteen(ref source, i + 16, origin)).StoreUnsafe(ref target, (nuint)i);
        }

        return i;
    }

    private static int PackShorts(ReadOnlySpan<int> values, int origin, Span<byte> packed)
    {
        ref int source = ref MemoryMarshal.GetReference(values);
        ref byte target = ref MemoryMarshal.GetReference(packed);
        int i = 0;
        for (; i + Vector256<ushort>.Count <= values.Length; i += Vector256<ushort>.Count)
        {
            Sixteen(ref source, i, origin).AsByte().StoreUnsafe(ref target, (nuint)i * sizeof(ushort));
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Sixteen(ref int source, int i, int origin)
    {
        Vector256<int> from = Vector256.Create(origin);
        return Vector256.Narrow(
            (Vector256.LoadUnsafe(ref source, (nuint)i) - from).AsUInt32(), (Vector256.LoadUnsafe(ref source, (nuint)i + 8) - from).AsUInt32());
    }

    private static int UnpackBytes(ReadOnlySpan<byte> packed, int origin, Span<int> values)
    {
        ref byte source = ref MemoryMarshal.GetReference(packed);
        ref int target = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i + Vector256<byte>.Count <= values.Length; i += Vector256<byte>.Count)
        {
            (Vector256<ushort> lower, Vector256<ushort> upper) = Vector256.Widen(Vector256.LoadUnsafe(ref source, (nuint)i));
            StoreSixteen(lower, origin, ref target, i);
            StoreSixteen(upper, origin, ref target, i + 16);
        }

        return i;
    }

    private static int UnpackShorts(ReadOnlySpan<byte> packed, int origin, Span<int> values)
    {
        ref byte source = ref MemoryMarshal.GetReference(packed);
        ref int target = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i + Vector256<ushort>.Count <= values.Length; i += Vector256<ushort>.Count)
        {
            StoreSixteen(Vector256.LoadUnsafe(ref source, (nuint)i * sizeof(ushort)).AsUInt16(), origin, ref target, i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreSixteen(Vector256<ushort> distances, int origin, ref int target, int i)
    {
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(distances);
        (lower.AsInt32() + Vector256.Create(origin)).StoreUnsafe(ref target, (nuint)i);
        (upper.AsInt32() + Vector256.Create(origin)).StoreUnsafe(ref target, (nuint)i + 8);
    }
}
