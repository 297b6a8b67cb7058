using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// Unpacks most of a run of packed numbers 8 or 16 at a time, where the processor has AVX-512 VBMI; what is left, and everything elsewhere, is for the
/// caller to unpack one by one. Eight numbers of one width begin on a whole byte, so the same bytes of each load belong to the same number.
/// </summary>
internal static class Avx512BitUnpacker
{
    // A 64-bit number is shifted by up to 7 bits, a 32-bit one too.
    private const int MaxLongWidth = 56;
    private const int MaxIntWidth = 25;

    private static readonly (Vector512<byte> Places, Vector512<ulong> Shifts)[] _longs = MakeLongs();
    private static readonly (Vector512<byte> Places, Vector512<uint> Shifts)[] _ints = MakeInts();

    /// <summary>Unpacks numbers as <c>least + u · scale</c>, and with a <paramref name="missing"/> 0 as that; returns how many.</summary>
    public static int Unpack(ReadOnlySpan<byte> from, int width, long least, long scale, long? missing, Span<long> into)
    {
        if (!Avx512Vbmi.IsSupported || width is 0 or > MaxLongWidth)
        {
            return 0;
        }

        int count = Count(from.Length, width, Vector512<long>.Count, into.Length);
        (Vector512<byte> places, Vector512<ulong> shifts) = _longs[width];
        Vector512<ulong> mask = Vector512.Create((1UL << width) - 1);
        Vector512<long> start = Vector512.Create(missing is null ? least : unchecked(least - scale));
        Vector512<long> factor = Vector512.Create(scale);
        Vector512<long> absent = Vector512.Create(missing ?? 0);
        ref byte source = ref MemoryMarshal.GetReference(from);
        ref long target = ref MemoryMarshal.GetReference(into);
        for (int i = 0; i < count; i += Vector512<long>.Count)
        {
            Vector512<byte> bytes = Vector512.LoadUnsafe(ref source, (nuint)(i / 8 * width));
            Vector512<ulong> numbers = Avx512F.ShiftRightLogicalVariable(Avx512Vbmi.PermuteVar64x8(bytes, places).AsUInt64(), shifts) & mask;
            Vector512<long> values = start + (scale == 1 ? numbers.AsInt64() : numbers.AsInt64() * factor);
            values = missing is null ? values : Vector512.ConditionalSelect(Vector512.Equals(numbers, Vector512<ulong>.Zero).AsInt64(), absent, values);
            values.StoreUnsafe(ref target, (nuint)i);
        }

        return count;
    }

    /// <summary>Unpacks numbers as <c>least + u</c>; returns how many.</summary>
    public static int Unpack(ReadOnlySpan<byte> from, int width, int least, Span<int> into)
    {
        if (!Avx512Vbmi.IsSupported || width is 0 or > MaxIntWidth)
        {
            return 0;
        }

        int count = Count(from.Length, width, Vector512<int>.Count, into.Length);
        (Vector512<byte> places, Vector512<uint> shifts) = _ints[width];
        Vector512<uint> mask = Vector512.Create((1u << width) - 1);
        Vector512<int> start = Vector512.Create(least);
        ref byte source = ref MemoryMarshal.GetReference(from);
        ref int target = ref MemoryMarshal.GetReference(into);
        for (int i = 0; i < count; i += Vector512<int>.Count)
        {
            Vector512<byte> bytes = Vector512.LoadUnsafe(ref source, (nuint)(i / 8 * width));
            Vector512<uint> numbers = Avx512F.ShiftRightLogicalVariable(Avx512Vbmi.PermuteVar64x8(bytes, places).AsUInt32(), shifts) & mask;
            (start + numbers.AsInt32()).StoreUnsafe(ref target, (nuint)i);
        }

        return count;
    }

    // Only whole vectors, each of which is loaded as 64 bytes that may all be read.
    private static int Count(int bytes, int width, int lanes, int wanted)
    {
        int step = lanes / 8 * width;
        int loads = bytes < Vector512<byte>.Count ? 0 : ((bytes - Vector512<byte>.Count) / step) + 1;
        return Math.Min(loads, wanted / lanes) * lanes;
    }

    private static (Vector512<byte>, Vector512<ulong>)[] MakeLongs()
    {
        var plans = new (Vector512<byte>, Vector512<ulong>)[MaxLongWidth + 1];
        for (int width = 1; width <= MaxLongWidth; width++)
        {
            (Vector512<byte> places, ReadOnlySpan<int> shifts) = Plan<ulong>(width);
            plans[width] = (places, Vector512.Create<ulong>(Widen<ulong>(shifts)));
        }

        return plans;
    }

    private static (Vector512<byte>, Vector512<uint>)[] MakeInts()
    {
        var plans = new (Vector512<byte>, Vector512<uint>)[MaxIntWidth + 1];
        for (int width = 1; width <= MaxIntWidth; width++)
        {
            (Vector512<byte> places, ReadOnlySpan<int> shifts) = Plan<uint>(width);
            plans[width] = (places, Vector512.Create<uint>(Widen<uint>(shifts)));
        }

        return plans;
    }

    // Which bytes of a load each lane takes, and by how many bits it is shifted then.
    private static (Vector512<byte> Places, int[] Shifts) Plan<T>(int width)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        byte[] places = new byte[Vector512<byte>.Count];
        int[] shifts = new int[places.Length / size];
        for (int lane = 0; lane < shifts.Length; lane++)
        {
            shifts[lane] = lane * width % 8;
            for (int i = 0; i < size; i++)
            {
                places[(lane * size) + i] = (byte)((lane * width / 8) + i);
            }
        }

        return (Vector512.Create<byte>(places), shifts);
    }

    private static T[] Widen<T>(ReadOnlySpan<int> numbers)
        where T : INumberBase<T>
    {
        T[] wide = new T[numbers.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = T.CreateTruncating(numbers[i]);
        }

        return wide;
    }
}
