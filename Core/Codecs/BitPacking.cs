using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// Unsigned numbers of one width, packed one behind the other from the lowest bit of the first byte. Reading is one unaligned 8-byte load a
/// number, so <see cref="SlackBytes"/> readable bytes must follow the packed ones. A number of 57 to 63 bits takes a second load.
/// </summary>
internal static class BitPacking
{
    /// <summary>Numbers that share a width: few enough that one outlier costs little, enough that its byte of width does too.</summary>
    public const int GroupRows = 256;

    /// <summary>Bytes behind the packed ones that may be read (and are ignored).</summary>
    public const int SlackBytes = 8;

    // A shift by up to 7 bits leaves 57 of a 64-bit load.
    private const int MaxWidth = 56;

    /// <summary>The width to pack with, given all numbers or-ed together: one that is read by one load a number.</summary>
    public static int WidthOf(ulong union)
    {
        int width = 64 - BitOperations.LeadingZeroCount(union);
        return width > MaxWidth ? 64 : width;
    }

    public static int PackedBytes(int count, int width) => (int)(((long)count * width + 7) / 8);

    /// <summary>Whether a number of the width is read by one load.</summary>
    public static bool IsWidth(int width) => width is >= 0 and <= MaxWidth or 64;

    public static void Pack(ReadOnlySpan<ulong> values, int width, Span<byte> into)
    {
        if (width == 0)
        {
            return;
        }

        // Narrow numbers are joined first, so that there is less to carry from word to word.
        BitSink sink = new(into);
        int i = 0;
        if (width <= 16)
        {
            for (; i <= values.Length - 4; i += 4)
            {
                ulong first = values[i] | values[i + 1] << width;
                ulong second = values[i + 2] | values[i + 3] << width;
                sink.Put(first | second << (2 * width), 4 * width);
            }
        }
        else if (width <= 32)
        {
            for (; i <= values.Length - 2; i += 2)
            {
                sink.Put(values[i] | values[i + 1] << width, 2 * width);
            }
        }

        for (; i < values.Length; i++)
        {
            sink.Put(values[i], width);
        }

        sink.End();
    }

    /// <summary>
    /// Unpacks each number u as <c>least + u · scale</c>. <paramref name="from"/> may go on behind the packed bytes, and should where it can.
    /// </summary>
    public static void Unpack(ReadOnlySpan<byte> from, int width, long least, long scale, Span<long> into)
    {
        if (width == 0)
        {
            into.Fill(least);
            return;
        }

        if (width is > MaxWidth and < 64)
        {
            LoadWide(from, width, into);
            foreach (ref long number in into)
            {
                number = unchecked(least + number * scale);
            }

            return;
        }

        ulong mask = Mask(width);
        ref byte start = ref MemoryMarshal.GetReference(from);
        int done = Avx512BitUnpacker.Unpack(from, width, least, scale, missing: null, into);
        nint bit = (nint)done * width;
        for (int i = done; i < into.Length; i++, bit += width)
        {
            into[i] = unchecked(least + (long)Load(ref start, bit, mask) * scale);
        }
    }

    /// <summary>Unpacks 0 as <paramref name="missing"/> and any other number u as <c>least + (u − 1) · scale</c>.</summary>
    public static void UnpackNullable(ReadOnlySpan<byte> from, int width, long least, long scale, long missing, Span<long> into)
    {
        if (width == 0)
        {
            into.Fill(missing);
            return;
        }

        if (width is > MaxWidth and < 64)
        {
            LoadWide(from, width, into);
            foreach (ref long number in into)
            {
                number = number == 0 ? missing : unchecked(least + (number - 1) * scale);
            }

            return;
        }

        ulong mask = Mask(width);
        ref byte start = ref MemoryMarshal.GetReference(from);
        int done = Avx512BitUnpacker.Unpack(from, width, least, scale, missing, into);
        nint bit = (nint)done * width;
        for (int i = done; i < into.Length; i++, bit += width)
        {
            ulong value = Load(ref start, bit, mask);
            into[i] = value == 0 ? missing : unchecked(least + (long)(value - 1) * scale);
        }
    }

    /// <summary>Unpacks each number u as <c>least + u</c>.</summary>
    public static void Unpack(ReadOnlySpan<byte> from, int width, int least, Span<int> into)
    {
        if (width == 0)
        {
            into.Fill(least);
            return;
        }

        ulong mask = Mask(width);
        ref byte start = ref MemoryMarshal.GetReference(from);
        int done = Avx512BitUnpacker.Unpack(from, width, least, into);
        nint bit = (nint)done * width;
        for (int i = done; i < into.Length; i++, bit += width)
        {
            into[i] = unchecked(least + (int)Load(ref start, bit, mask));
        }
    }

    private static ulong Mask(int width) => width == 64 ? ulong.MaxValue : (1UL << width) - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ref byte from, nint bit, ulong mask) =>
        (Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, bit >> 3)) >> (int)(bit & 7)) & mask;

    // Numbers of 57 to 63 bits: the ninth byte has what is above the first load.
    private static void LoadWide(ReadOnlySpan<byte> from, int width, Span<long> into)
    {
        ulong mask = Mask(width);
        for (int i = 0; i < into.Length; i++)
        {
            int bit = i * width;
            int shift = bit & 7;
            ReadOnlySpan<byte> bytes = from.Slice(bit >> 3, sizeof(ulong) + 1);
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(bytes) >> shift;
            into[i] = (long)((value | ((ulong)bytes[sizeof(ulong)] << 1 << (63 - shift))) & mask);
        }
    }

    private ref struct BitSink(Span<byte> into)
    {
        private readonly Span<byte> _into = into;
        private ulong _word;
        private int _bits;
        private int _at;

        /// <summary>Puts a number of 1 to 64 bits, which has none above them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Put(ulong value, int width)
        {
            _word |= value << _bits;
            _bits += width;
            if (_bits >= 64)
            {
                MemoryMarshal.Write(_into[_at..], _word);
                _at += sizeof(ulong);
                _bits -= 64;
                _word = _bits == 0 ? 0 : value >> (width - _bits);
            }
        }

        /// <summary>Writes what is left, in as few bytes as will do.</summary>
        public void End()
        {
            for (; _bits > 0; _bits -= 8)
            {
                _into[_at++] = (byte)_word;
                _word >>= 8;
            }
        }
    }
}
