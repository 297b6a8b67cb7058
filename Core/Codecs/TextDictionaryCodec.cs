using System.Buffers;
using System.Buffers.Binary;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// Texts as bytes: <c>distinct u8 | count u32 | length width u8 | shortest u32 | lengths | bytes of all texts u32 | texts</c>,
/// each length as its distance from the shortest.
/// </summary>
internal static class TextDictionaryCodec
{
    private const int HeadBytes = sizeof(byte) + sizeof(uint) + sizeof(byte) + sizeof(uint);

    /// <summary>Reads texts into an empty table; false when the bytes are none. No more texts than <paramref name="rows"/> are believed.</summary>
    /// <exception cref="InvalidDataException">The bytes end too soon.</exception>
    public static bool TryRead(ref ByteReader reader, SymbolTable texts, int rows)
    {
        byte distinct = reader.Byte();
        uint count = reader.UInt32();
        byte width = reader.Byte();
        uint shortest = reader.UInt32();
        if (count == 0 || count > (uint)rows || !CodePacking.IsWidth(width))
        {
            return false;
        }

        ReadOnlySpan<byte> packed = reader.Take((long)count * width);
        ReadOnlySpan<byte> bytes = reader.Take(reader.UInt32());
        int[] rented = ArrayPool<int>.Shared.Rent((int)count);
        try
        {
            Span<int> lengths = rented.AsSpan(0, (int)count);
            CodePacking.Unpack(packed, unchecked((int)shortest), width, lengths);
            if (!AddUpTo(lengths, bytes.Length))
            {
                return false;
            }

            texts.Load(bytes, lengths, distinct != 0);
            return true;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private static bool AddUpTo(ReadOnlySpan<int> lengths, long expected)
    {
        long sum = 0;
        bool anyNegative = false;
        foreach (int length in lengths)
        {
            sum += length;
            anyNegative |= length < 0;
        }

        return !anyNegative && sum == expected;
    }

    /// <summary>How texts will be written, so that their size is known before. Pooled.</summary>
    public readonly ref struct Plan
    {
        private readonly SymbolView _texts;
        private readonly int[] _lengths;
        private readonly int _shortest;
        private readonly int _width;
        private readonly int _textBytes;

        public Plan(SymbolView texts)
        {
            _texts = texts;
            _textBytes = texts.Ends[texts.Count - 1];
            _lengths = ArrayPool<int>.Shared.Rent(texts.Count);
            int start = 0;
            for (int i = 0; i < texts.Count; i++)
            {
                _lengths[i] = texts.Ends[i] - start;
                start = texts.Ends[i];
            }

            (_shortest, int longest) = CodePacking.RangeOf(_lengths.AsSpan(0, texts.Count));
            _width = NumberPacking.WidthOf((uint)(longest - _shortest));
            Bytes = checked(HeadBytes + texts.Count * _width + sizeof(uint) + _textBytes);
        }

        /// <summary>Bytes that <see cref="Write"/> writes.</summary>
        public int Bytes { get; }

        public void Write(Span<byte> bytes)
        {
            bytes[0] = _texts.Distinct ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[1..], (uint)_texts.Count);
            bytes[5] = (byte)_width;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[6..], (uint)_shortest);
            Span<byte> rest = bytes[HeadBytes..];
            CodePacking.Pack(_lengths.AsSpan(0, _texts.Count), _shortest, _width, rest);
            rest = rest[(_texts.Count * _width)..];
            BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)_textBytes);
            _texts.Bytes.AsSpan(0, _textBytes).CopyTo(rest[sizeof(uint)..]);
        }

        public void Dispose() => ArrayPool<int>.Shared.Return(_lengths);
    }
}
