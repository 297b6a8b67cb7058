using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using TimeSeries.Core.Memory;
using TimeSeries.Ingest.Protocols.Otlp.Mapping;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Otlp.Wire;

/// <summary>
/// Writes a request in OTLP's JSON as the protobuf that means the same, so that there is one decoder. It knows only the fields that the decoder reads; unknown
/// keys are passed over. Of a key that stands twice the last wins, so what an earlier one wrote is taken out again.
/// </summary>
internal static class JsonTranscoder
{
    private const int MaxDepth = 128;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Writes a request. Returns what is wrong with it, or null.</summary>
    public static DecodeError? Write(ReadOnlySpan<byte> json, TelemetrySignal signal, PooledBuffer into)
    {
        int skipped = json.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        Utf8JsonReader reader = new(json[skipped..], new JsonReaderOptions { MaxDepth = MaxDepth });
        Writer writer = new(into);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return Error(ref reader, "must be an object", skipped, writer);
            }

            JsonMessage root = JsonMessages.RootOf(signal);
            if (!WriteObject(ref reader, root, writer))
            {
                return Error(ref reader, writer.Problem!, skipped, writer);
            }

            // Anything behind the end is an error of the reader.
            reader.Read();
            return null;
        }
        catch (JsonException bad)
        {
            long offset = Math.Min(json.Length, reader.BytesConsumed + skipped);
            string place = writer.Path.Length == 0 ? "$" : writer.Path;
            return new DecodeError($"malformed JSON at {place}, byte {offset}: {Reason(bad)}", offset, place);
        }
        catch (InvalidOperationException)
        {
            // A text with a lone surrogate, or that is not UTF-8.
            return Error(ref reader, "the text is not Unicode", skipped, writer);
        }
    }

    private static DecodeError Error(ref Utf8JsonReader reader, string problem, int skipped, Writer writer)
    {
        string place = writer.Path.Length == 0 ? "$" : writer.Path;
        return new DecodeError($"{place}: {problem}", reader.TokenStartIndex + skipped, place);
    }

    // The reader's own text says where too.
    private static string Reason(JsonException bad) => bad.Message.Split(" LineNumber:", 2)[0];

    private static bool WriteObject(ref Utf8JsonReader reader, JsonMessage message, Writer writer)
    {
        Span<Segment> written = stackalloc Segment[JsonMessages.MostFields];
        written.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int index = message.Find(ref reader);
            if (index < 0)
            {
                reader.Read();
                reader.Skip();
                continue;
            }

            JsonField field = message.Fields[index];
            int pathLength = writer.Enter(field.Name);
            reader.Read();
            TakeBack(written, index, message, writer);
            int start = writer.Length;
            if (reader.TokenType != JsonTokenType.Null && !WriteField(ref reader, field, writer))
            {
                return false;
            }

            written[index] = new Segment(start, writer.Length - start);
            writer.Leave(pathLength);
        }

        return true;
    }

    // Members of a oneof replace each other too.
    private static void TakeBack(Span<Segment> written, int index, JsonMessage message, Writer writer)
    {
        for (int other = 0; other < message.Fields.Count; other++)
        {
            bool isReplaced = other == index || (message.IsOneOf && message.Fields[other].IsInOneOf && message.Fields[index].IsInOneOf);
            if (isReplaced && !written[other].IsEmpty)
            {
                Segment earlier = written[other];
                writer.Remove(earlier);
                written[other] = default;
                for (int i = 0; i < message.Fields.Count; i++)
                {
                    written[i] = written[i].Start > earlier.Start ? written[i] with { Start = written[i].Start - earlier.Length } : written[i];
                }
            }
        }
    }

    private static bool WriteField(ref Utf8JsonReader reader, JsonField field, Writer writer)
    {
        if (!field.IsRepeated)
        {
            return WriteValue(ref reader, field, writer);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return writer.Fail("must be an array");
        }

        int index = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int pathLength = writer.Enter(index++);
            if (!WriteValue(ref reader, field, writer))
            {
                return false;
            }

            writer.Leave(pathLength);
        }

        return true;
    }

    private static bool WriteValue(ref Utf8JsonReader reader, JsonField field, Writer writer) => field.Type switch
    {
        JsonFieldType.Message => WriteMessage(ref reader, field, writer),
        JsonFieldType.Text => WriteText(ref reader, field, writer),
        JsonFieldType.Hex => WriteHex(ref reader, field, writer),
        JsonFieldType.Base64 => reader.TokenType == JsonTokenType.String ? WriteBase64(ref reader, field, writer) : writer.Fail("must be a text in base64"),
        JsonFieldType.Boolean => reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? writer.WriteVarint(field.Number, reader.TokenType == JsonTokenType.True ? 1UL : 0) : writer.Fail("must be true or false"),
        JsonFieldType.Double => JsonNumbers.TryReadDouble(ref reader, out double value)
            ? writer.WriteFixed64(field.Number, BitConverter.DoubleToUInt64Bits(value)) : writer.Fail("must be a number"),
        JsonFieldType.Fixed64 => JsonNumbers.TryReadUnsigned(ref reader, out ulong value)
            ? writer.WriteFixed64(field.Number, value) : writer.Fail("must be an integer from 0 to 2^64 - 1"),
        JsonFieldType.SignedFixed64 => JsonNumbers.TryReadSigned(ref reader, out long value)
            ? writer.WriteFixed64(field.Number, (ulong)value) : writer.Fail("must be a 64-bit integer"),
        JsonFieldType.Integer => JsonNumbers.TryReadSigned(ref reader, out long value)
            ? writer.WriteVarint(field.Number, (ulong)value) : writer.Fail("must be a 64-bit integer"),
        JsonFieldType.UnsignedInt => JsonNumbers.TryReadUnsigned(ref reader, out ulong value) && value <= uint.MaxValue
            ? writer.WriteVarint(field.Number, value) : writer.Fail("must be an integer from 0 to 2^32 - 1"),
        _ => WriteEnum(ref reader, field, writer),
    };

    private static bool WriteMessage(ref Utf8JsonReader reader, JsonField field, Writer writer)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return writer.Fail("must be an object");
        }

        int start = writer.Begin(field.Number);
        if (!WriteObject(ref reader, JsonMessages.Of(field.Message), writer))
        {
            return false;
        }

        writer.End(start);
        return true;
    }

    private static bool WriteText(ref Utf8JsonReader reader, JsonField field, Writer writer)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return writer.Fail("must be a text");
        }

        int start = writer.Begin(field.Number);
        if (reader.ValueIsEscaped)
        {
            Span<byte> text = writer.Reserve(reader.ValueSpan.Length);
            writer.Advance(reader.CopyString(text));
        }
        else
        {
            writer.Write(reader.ValueSpan);
        }

        writer.End(start);
        return true;
    }

    // An id that is not hexadecimal costs its item, not the request.
    private static bool WriteHex(ref Utf8JsonReader reader, JsonField field, Writer writer)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return writer.Fail("must be a text of hexadecimal digits");
        }

        ReadOnlySpan<byte> digits = reader.ValueSpan;
        int start = writer.Begin(field.Number);
        bool isHex = !reader.ValueIsEscaped && digits.Length % 2 == 0
            && Convert.FromHexString(digits, writer.Reserve(digits.Length / 2), out _, out _) == OperationStatus.Done;
        writer.Advance(isHex ? digits.Length / 2 : 0);
        writer.End(start);
        return isHex || writer.WriteVarint(SpanFields.BadHexField, 1);
    }

    private static bool WriteBase64(ref Utf8JsonReader reader, JsonField field, Writer writer)
    {
        // The value itself is never read, only that it is one.
        return reader.TryGetBytesFromBase64(out _) ? writer.WriteEmpty(field.Number) : writer.Fail("must be a text in base64");
    }

    private static bool WriteEnum(ref Utf8JsonReader reader, JsonField field, Writer writer)
    {
        if (reader.TokenType == JsonTokenType.String && field.NumberOf(ref reader) is { } named)
        {
            return writer.WriteVarint(field.Number, (ulong)named);
        }

        return JsonNumbers.TryReadSigned(ref reader, out long number) && number is >= int.MinValue and <= int.MaxValue
            ? writer.WriteVarint(field.Number, (ulong)number) : writer.Fail("must be an integer or a known name");
    }

    /// <summary>Writes protobuf, and knows where in the JSON it is.</summary>
    private sealed class Writer(PooledBuffer into)
    {
        // Enough for 256 MiB; shorter lengths are padded, which is legal.
        private const int LengthBytes = 4;

        private readonly StringBuilder _path = new();

        public string? Problem { get; private set; }

        public string Path => _path.ToString();

        public int Length => into.Length;

        public int Enter(string name)
        {
            int length = _path.Length;
            _ = length == 0 ? _path.Append(name) : _path.Append('.').Append(name);
            return length;
        }

        public int Enter(int index)
        {
            int length = _path.Length;
            _path.Append('[').Append(index).Append(']');
            return length;
        }

        public void Leave(int length) => _path.Length = length;

        public bool Fail(string problem)
        {
            Problem = problem;
            return false;
        }

        public int Begin(int field)
        {
            ProtoWriter.WriteVarint(into, (ulong)ProtoReader.KeyOf(field, ProtoReader.Bytes));
            into.GetSpan(LengthBytes);
            into.Advance(LengthBytes);
            return into.Length;
        }

        public void End(int start)
        {
            int length = into.Length - start;
            Span<byte> place = into.Edit().Slice(start - LengthBytes, LengthBytes);
            for (int i = 0; i < LengthBytes; i++)
            {
                place[i] = (byte)((length >> (7 * i) & 0x7F) | (i < LengthBytes - 1 ? 0x80 : 0));
            }
        }

        public void Remove(Segment part)
        {
            Span<byte> all = into.Edit();
            all[(part.Start + part.Length)..].CopyTo(all[part.Start..]);
            into.Truncate(into.Length - part.Length);
        }

        public Span<byte> Reserve(int length) => into.GetSpan(Math.Max(1, length));

        public void Advance(int length) => into.Advance(length);

        public void Write(ReadOnlySpan<byte> bytes) => into.Write(bytes);

        public bool WriteEmpty(int field)
        {
            ProtoWriter.WriteBytes(into, field, []);
            return true;
        }

        public bool WriteVarint(int field, ulong value)
        {
            ProtoWriter.WriteVarint(into, (ulong)ProtoReader.KeyOf(field, ProtoReader.Varint));
            ProtoWriter.WriteVarint(into, value);
            return true;
        }

        public bool WriteFixed64(int field, ulong value)
        {
            ProtoWriter.WriteVarint(into, (ulong)ProtoReader.KeyOf(field, ProtoReader.Fixed64));
            BinaryPrimitives.WriteUInt64LittleEndian(into.GetSpan(sizeof(ulong)), value);
            into.Advance(sizeof(ulong));
            return true;
        }
    }
}
