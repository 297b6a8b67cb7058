using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>Little-endian numbers of one width behind each other: the quickest form of a column, in MessagePack only.</summary>
internal readonly ref struct PackedNumbers
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly PackedWidth _width;

    private PackedNumbers(ReadOnlySpan<byte> bytes, PackedWidth width)
    {
        _bytes = bytes;
        _width = width;
    }

    public bool IsPacked => _width != PackedWidth.None;

    public bool HasWholeValues => _bytes.Length % WidthBytes == 0;

    private int WidthBytes => _width == PackedWidth.I32 ? sizeof(int) : sizeof(long);

    private int Count => _bytes.Length / WidthBytes;

    /// <summary>Reads the next value, all of it, as packed numbers of the named width; not packed when it is something else.</summary>
    public static PackedNumbers Find<TReader>(scoped ref TReader reader, scoped ReadOnlySpan<byte> name)
        where TReader : struct, IWireReader, allows ref struct
    {
        PackedWidth width = name.SequenceEqual("i32"u8) ? PackedWidth.I32
            : name.SequenceEqual("i64"u8) ? PackedWidth.I64
            : name.SequenceEqual("f64"u8) ? PackedWidth.F64
            : PackedWidth.None;
        WireType type = reader.Read();
        reader.SkipInside(type);
        if (type != WireType.Binary || width == PackedWidth.None)
        {
            return default;
        }

        // The reader's next step may take its text away, but never the body's bytes: bytes are not escaped.
        return new PackedNumbers(reader.Text, width);
    }

    /// <summary>The index that a floating-point number means, or -1.</summary>
    public static long IndexOf(double value) => value >= 0 && value <= int.MaxValue && Math.Floor(value) == value ? (long)value : -1;

    /// <summary>Fills a column with the numbers; gives how many there are.</summary>
    public int Fill(KindReader sink, FieldBuilder column)
    {
        if (!column.Rule.AllowsNumbers || column.IsText)
        {
            for (int row = 0; row < Count; row++)
            {
                sink.Reject(column, row, RejectReason.WrongType, Shown(column, row));
            }

            return Count;
        }

        if (Count > 0)
        {
            NumberColumn numbers = column.Numbers;
            numbers.Clear();
            FillNumbers(numbers.Extend(Count), sink, column);
        }

        return Count;
    }

    /// <summary>Fills a column with the codes that the numbers mean as indexes; gives how many there are.</summary>
    public int FillCodes(KindReader sink, FieldBuilder column)
    {
        ReadOnlySpan<int> entries = sink.Dictionary.Entries;
        if (!column.IsText || !sink.Dictionary.Plain || _width != PackedWidth.I32 || Count == 0 || !HasText(entries))
        {
            for (int row = 0; row < Count; row++)
            {
                sink.SetCoded(column, row, _width == PackedWidth.F64 ? IndexOf(Float(row)) : Whole(row));
            }

            return Count;
        }

        column.Texts.Truncate(0);
        Span<int> codes = column.Texts.Extend(Count);
        ReadOnlySpan<int> indexes = BitConverter.IsLittleEndian ? MemoryMarshal.Cast<byte, int>(_bytes) : default;
        for (int row = 0; row < codes.Length; row++)
        {
            int index = row < indexes.Length ? indexes[row] : BinaryPrimitives.ReadInt32LittleEndian(_bytes[(row * sizeof(int))..]);
            if ((uint)index < (uint)entries.Length)
            {
                codes[row] = entries[index];
            }
            else
            {
                codes[row] = TextColumn.Missing;
                sink.Reject(column, row, RejectReason.BadIndex, Shown(column, row));
            }
        }

        return Count;
    }

    private void FillNumbers(Span<long> numbers, KindReader sink, FieldBuilder column)
    {
        NumberConversion rule = column.Rule;
        for (int row = 0; row < numbers.Length; row++)
        {
            // Most columns hold nothing that is not allowed, and are done at once.
            row += _width switch
            {
                PackedWidth.I32 => NumberVectors.Convert(MemoryMarshal.Cast<byte, int>(_bytes)[row..], rule, numbers[row..]),
                PackedWidth.I64 => NumberVectors.Convert(MemoryMarshal.Cast<byte, long>(_bytes)[row..], rule, numbers[row..]),
                _ => NumberVectors.Convert(MemoryMarshal.Cast<byte, double>(_bytes)[row..], rule, numbers[row..]),
            };
            if (row == numbers.Length)
            {
                return;
            }

            RejectReason reason = _width == PackedWidth.F64 ? rule.Fraction(Float(row), out numbers[row]) : rule.Whole(Whole(row), out numbers[row]);
            if (reason != RejectReason.None)
            {
                sink.Reject(column, row, reason, Shown(column, row));
            }
        }
    }

    private string? Shown(FieldBuilder column, int row) =>
        !column.Shows(row) ? null : _width == PackedWidth.F64 ? FoundValue.Of(Float(row)) : FoundValue.Of(Whole(row));

    private long Whole(int row) => _width == PackedWidth.I32
        ? BinaryPrimitives.ReadInt32LittleEndian(_bytes[(row * sizeof(int))..])
        : BinaryPrimitives.ReadInt64LittleEndian(_bytes[(row * sizeof(long))..]);

    private double Float(int row) => BinaryPrimitives.ReadDoubleLittleEndian(_bytes[(row * sizeof(double))..]);

    private static bool HasText(ReadOnlySpan<int> entries) => entries.IndexOfAnyExcept(TextColumn.Missing) >= 0;
}

/// <summary>What packed numbers are.</summary>
internal enum PackedWidth : byte
{
    None,
    I32,
    I64,
    F64,
}
