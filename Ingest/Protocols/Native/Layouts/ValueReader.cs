using System.Runtime.CompilerServices;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>Reads single values off the wire into a field's column.</summary>
internal static class ValueReader
{
    /// <summary>Reads the next value, all of it, into a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ValueOutcome Read<TReader>(ref TReader reader, FieldBuilder column, int row)
        where TReader : struct, IWireReader, allows ref struct
    {
        if (column.IsText)
        {
            ValueOutcome outcome = ReadText(ref reader, column, row, out int code);
            column.SetCode(row, code);
            return outcome;
        }

        WireType type = reader.Read();
        if (type == WireType.Null)
        {
            column.SetMissing(row);
            return ValueOutcome.Kept;
        }

        RejectReason reason = Convert(ref reader, type, in column.Rule, out long stored);
        if (reason != RejectReason.None)
        {
            string? value = column.Shows(row) ? Show(ref reader, type, column) : null;
            reader.SkipInside(type);
            return column.Reject(reason, value);
        }

        column.Numbers.Set(row, stored);
        return ValueOutcome.Kept;
    }

    /// <summary>
    /// Reads the next value, all of it, and gives the code of its text: <see cref="TextColumn.Missing"/> when it is null, empty or rejected. The row tells
    /// whether a rejected value is shown; a negative one says that it is not.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ValueOutcome ReadText<TReader>(ref TReader reader, FieldBuilder column, int row, out int code)
        where TReader : struct, IWireReader, allows ref struct
    {
        WireType type = reader.Read();
        if (type is WireType.Text or WireType.Binary && column.Type == FieldType.Text)
        {
            return column.AddText(reader.Text, row, out code);
        }

        code = TextColumn.Missing;
        if (type == WireType.Null)
        {
            return ValueOutcome.Kept;
        }

        if (column.Type == FieldType.Map && type == WireType.Map)
        {
            return ReadMap(ref reader, column, out code);
        }

        string? value = column.Shows(row) ? Show(ref reader, type, column) : null;
        reader.SkipInside(type);
        return column.Reject(type == WireType.MalformedText && column.Type == FieldType.Text ? RejectReason.InvalidText : RejectReason.WrongType, value);
    }

    /// <summary>The value that was read last, of an array or map its head only, as a response shows it; null for what has no text.</summary>
    public static string? Show<TReader>(ref TReader reader, WireType type, FieldBuilder column)
        where TReader : struct, IWireReader, allows ref struct => type switch
        {
            WireType.Boolean => FoundValue.Of(reader.Boolean),
            WireType.Integer or WireType.Timestamp => FoundValue.Of(reader.Integer),
            WireType.Float => FoundValue.Of(reader.Float),
            WireType.Text => column.Type == FieldType.Text ? FoundValue.Of(reader.Text) : FoundValue.Quoted(reader.Text),
            WireType.Array => "[…]",
            WireType.Map => "{…}",
            _ => null,
        };

    /// <summary>Converts the value that was read last, which is not null, into the form that is stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RejectReason Convert<TReader>(ref TReader reader, WireType type, in NumberConversion rule, out long stored)
        where TReader : struct, IWireReader, allows ref struct
    {
        stored = NumberColumn.Missing;
        switch (type)
        {
            case WireType.Integer when rule.AllowsNumbers:
                return rule.Whole(reader.Integer, out stored);
            case WireType.Float when rule.AllowsNumbers:
                return rule.Fraction(reader.Float, out stored);
            case WireType.LargeInteger when rule.AllowsNumbers:
                return rule.Above();
            case WireType.Timestamp when rule.Type == FieldType.Time:
                return rule.Whole(reader.Integer, out stored);
            case WireType.Boolean when rule.Type == FieldType.Boolean:
                stored = reader.Boolean ? 1 : 0;
                return RejectReason.None;
            default:
                return RejectReason.WrongType;
        }
    }

    // Reads the entries of the map whose head was read last, all of it whatever is wrong. The first thing that is wrong counts.
    private static ValueOutcome ReadMap<TReader>(ref TReader reader, FieldBuilder column, out int code)
        where TReader : struct, IWireReader, allows ref struct
    {
        column.Map.Clear();
        RejectReason wrong = RejectReason.None;
        int left = reader.Count;
        while (reader.NextKey(ref left))
        {
            bool isKept = wrong == RejectReason.None;
            RejectReason reason = !reader.ReadKey() ? RejectReason.WrongType : isKept ? column.Map.AddKey(reader.Text, column.MaxBytes) : RejectReason.None;
            WireType type = reader.Read();
            reader.SkipInside(type);
            if (isKept && reason == RejectReason.None)
            {
                reason = type is WireType.Text or WireType.Binary ? column.Map.AddValue(reader.Text, column.MaxBytes)
                    : type == WireType.MalformedText ? RejectReason.InvalidText
                    : RejectReason.WrongType;
            }

            wrong = isKept ? reason : wrong;
        }

        code = wrong == RejectReason.None ? column.AddMap() : TextColumn.Missing;
        return wrong == RejectReason.None ? ValueOutcome.Kept : column.Reject(wrong);
    }
}
