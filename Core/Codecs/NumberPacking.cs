using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// Numbers as unsigned distances from a base, 0, 1, 2, 4 or 8 little-endian bytes each. All arithmetic wraps, so any bytes can be unpacked.
/// A column at a time with vectors: these loops are most of what a durable sample costs.
/// </summary>
internal static class NumberPacking
{
    /// <summary>The smallest and the largest number that is not missing, and whether one is missing. Smallest &gt; largest when all are.</summary>
    public static (long Smallest, long Largest, bool AnyMissing) RangeOf(ReadOnlySpan<long> values)
    {
        // One less than the sentinel wraps round to the largest number there is, so that it is never the smallest.
        ref long source = ref MemoryMarshal.GetReference(values);
        Vector256<long> smallest = Vector256.Create(long.MaxValue);
        Vector256<long> largest = Vector256.Create(NumberColumn.Missing);
        Vector256<long> missing = Vector256<long>.Zero;
        int i = 0;
        for (; i + Vector256<long>.Count <= values.Length; i += Vector256<long>.Count)
        {
            Vector256<long> four = Vector256.LoadUnsafe(ref source, (nuint)i);
            smallest = Vector256.Min(smallest, four - Vector256<long>.One);
            largest = Vector256.Max(largest, four);
            missing |= Vector256.Equals(four, Vector256.Create(NumberColumn.Missing));
        }

        long least = long.MaxValue;
        long most = NumberColumn.Missing;
        bool anyMissing = missing != Vector256<long>.Zero;
        for (int lane = 0; lane < Vector256<long>.Count; lane++)
        {
            least = Math.Min(least, smallest[lane]);
            most = Math.Max(most, largest[lane]);
        }

        for (; i < values.Length; i++)
        {
            least = Math.Min(least, unchecked(values[i] - 1));
            most = Math.Max(most, values[i]);
            anyMissing |= values[i] == NumberColumn.Missing;
        }

        return (most == NumberColumn.Missing ? long.MaxValue : least + 1, most, anyMissing);
    }

    /// <summary>The narrowest width that holds a distance.</summary>
    public static int WidthOf(ulong distance) => distance switch
    {
        0 => 0,
        <= byte.MaxValue => sizeof(byte),
        <= ushort.MaxValue => sizeof(ushort),
        <= uint.MaxValue => sizeof(uint),
        _ => sizeof(ulong),
    };

    /// <summary>Whether a byte read from a file is a width.</summary>
    public static bool IsWidth(int width) => width is 0 or 1 or 2 or 4 or 8;

    /// <summary>Packs numbers; a missing one becomes 0.</summary>
    public static void Pack(ReadOnlySpan<long> values, long origin, int width, Span<byte> packed)
    {
        int i = width switch
        {
            1 => PackBytes(values, origin, packed),
            2 => PackShorts(values, origin, packed),
            4 => PackInts(values, origin, packed),
            _ => 0,
        };
        for (; i < values.Length && width > 0; i++)
        {
            ulong distance = values[i] == NumberColumn.Missing ? 0 : (ulong)unchecked(values[i] - origin);
            WriteOne(packed, i, width, distance);
        }
    }

    /// <summary>Unpacks numbers, none of them missing.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, long origin, int width, Span<long> values)
    {
        int i = width switch
        {
            1 => UnpackBytes(packed, origin, values),
            2 => UnpackShorts(packed, origin, values),
            4 => UnpackInts(packed, origin, values),
            _ => 0,
        };
        if (width == 0)
        {
            values.Fill(origin);
            return;
        }

        for (; i < values.Length; i++)
        {
            values[i] = unchecked(origin + (long)ReadOne(packed, i, width));
        }
    }

    /// <summary>Turns each number that equals <paramref name="origin"/>, which has the distance 0, into the sentinel.</summary>
    public static void RestoreMissing(Span<long> values, long origin)
    {
        ref long target = ref MemoryMarshal.GetReference(values);
        Vector256<long> missing = Vector256.Create(NumberColumn.Missing);
        int i = 0;
        for (; i + Vector256<long>.Count <= values.Length; i += Vector256<long>.Count)
        {
            Vector256<long> four = Vector256.LoadUnsafe(ref target, (nuint)i);
            Vector256.ConditionalSelect(Vector256.Equals(four, Vector256.Create(origin)), missing, four).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            values[i] = values[i] == origin ? NumberColumn.Missing : values[i];
        }
    }

    private static int PackBytes(ReadOnlySpan<long> values, long origin, Span<byte> packed)
    {
        ref long source = ref MemoryMarshal.GetReference(values);
        ref byte target = ref MemoryMarshal.GetReference(packed);
        int i = 0;
        for (; i + Vector256<byte>.Count <= values.Length; i += Vector256<byte>.Count)
        {
            Vector256<ushort> lower = Vector256.Narrow(Eight(ref source, i, origin), Eight(ref source, i + 8, origin));
            Vector256<ushort> upper = Vector256.Narrow(Eight(ref source, i + 16, origin), Eight(ref source, i + 24, origin));
            Vector256.Narrow(lower, upper).StoreUnsafe(ref target, (nuint)i);
        }

        return i;
    }

    private static int PackShorts(ReadOnlySpan<long> values, long origin, Span<byte> packed)
    {
        ref long source = ref MemoryMarshal.GetReference(values);
        ref byte target = ref MemoryMarshal.GetReference(packed);
        int i = 0;
        for (; i + Vector256<ushort>.Count <= values.Length; i += Vector256<ushort>.Count)
        {
            Vector256<ushort> sixteen = Vector256.Narrow(Eight(ref source, i, origin), Eight(ref source, i + 8, origin));
            sixteen.AsByte().StoreUnsafe(ref target, (nuint)i * sizeof(ushort));
        }

        return i;
    }

    private static int PackInts(ReadOnlySpan<long> values, long origin, Span<byte> packed)
    {
        ref long source = ref MemoryMarshal.GetReference(values);
        ref byte target = ref MemoryMarshal.GetReference(packed);
        int i = 0;
        for (; i + Vector256<uint>.Count <= values.Length; i += Vector256<uint>.Count)
        {
            Eight(ref source, i, origin).AsByte().StoreUnsafe(ref target, (nuint)i * sizeof(uint));
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Eight(ref long source, int i, long origin) =>
        Vector256.Narrow(Four(ref source, i, origin), Four(ref source, i + 4, origin));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Four(ref long source, int i, long origin)
    {
        Vector256<long> four = Vector256.LoadUnsafe(ref source, (nuint)i);
        Vector256<long> missing = Vector256.Equals(four, Vector256.Create(NumberColumn.Missing));
        return Vector256.AndNot(four - Vector256.Create(origin), missing).AsUInt64();
    }

    private static int UnpackBytes(ReadOnlySpan<byte> packed, long origin, Span<long> values)
    {
        ref byte source = ref MemoryMarshal.GetReference(packed);
        ref long target = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i + Vector256<byte>.Count <= values.Length; i += Vector256<byte>.Count)
        {
            (Vector256<ushort> lower, Vector256<ushort> upper) = Vector256.Widen(Vector256.LoadUnsafe(ref source, (nuint)i));
            StoreSixteen(lower, origin, ref target, i);
            StoreSixteen(upper, origin, ref target, i + 16);
        }

        return i;
    }

    private static int UnpackShorts(ReadOnlySpan<byte> packed, long origin, Span<long> values)
    {
        ref byte source = ref MemoryMarshal.GetReference(packed);
        ref long target = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i + Vector256<ushort>.Count <= values.Length; i += Vector256<ushort>.Count)
        {
            StoreSixteen(Vector256.LoadUnsafe(ref source, (nuint)i * sizeof(ushort)).AsUInt16(), origin, ref target, i);
        }

        return i;
    }

    private static int UnpackInts(ReadOnlySpan<byte> packed, long origin, Span<long> values)
    {
        ref byte source = ref MemoryMarshal.GetReference(packed);
        ref long target = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i + Vector256<uint>.Count <= values.Length; i += Vector256<uint>.Count)
        {
            StoreEight(Vector256.LoadUnsafe(ref source, (nuint)i * sizeof(uint)).AsUInt32(), origin, ref target, i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreSixteen(Vector256<ushort> distances, long origin, ref long target, int i)
    {
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(distances);
        StoreEight(lower, origin, ref target, i);
        StoreEight(upper, origin, ref target, i + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreEight(Vector256<uint> distances, long origin, ref long target, int i)
    {
        (Vector256<ulong> lower, Vector256<ulong> upper) = Vector256.Widen(distances);
        (lower.AsInt64() + Vector256.Create(origin)).StoreUnsafe(ref target, (nuint)i);
        (upper.AsInt64() + Vector256.Create(origin)).StoreUnsafe(ref target, (nuint)i + 4);
    }

    /// <summary>Writes one distance.</summary>
    public static void WriteOne(Span<byte> packed, int i, int width, ulong distance)
    {
        ref byte target = ref packed.Slice(i * width, width)[0];
        switch (width)
        {
            case 1: target = (byte)distance; break;
            case 2: Unsafe.WriteUnaligned(ref target, (ushort)distance); break;
            case 4: Unsafe.WriteUnaligned(ref target, (uint)distance); break;
            default: Unsafe.WriteUnaligned(ref target, distance); break;
        }
    }

    /// <summary>Reads one distance.</summary>
    public static ulong ReadOne(ReadOnlySpan<byte> packed, int i, int width)
    {
        ReadOnlySpan<byte> source = packed.Slice(i * width, width);
        return width switch
        {
            1 => source[0],
            2 => MemoryMarshal.Read<ushort>(source),
            4 => MemoryMarshal.Read<uint>(source),
            _ => MemoryMarshal.Read<ulong>(source),
        };
    }
}
