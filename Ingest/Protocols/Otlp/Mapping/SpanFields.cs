using System.Buffers.Binary;
using TimeSeries.Ingest.Protocols.Otlp.Wire;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>What a span says of itself, apart from its attributes. Ids and texts are parts of the body.</summary>
internal struct SpanFields
{
    /// <summary>In place of a field of a span or log record that came as JSON: its id is not hexadecimal. No sender's own field has this number.</summary>
    public const int BadHexField = 1 << 20;

    private const int TraceIdBytes = 16;
    private const int SpanIdBytes = 8;

    public Segment TraceId;
    public Segment SpanId;
    public Segment ParentId;
    public Segment Name;
    public Segment StatusMessage;
    public SpanKind Kind;
    public ulong Start;
    public ulong End;
    public bool IsError;
    public bool HasBadHex;
    public bool HasEvents;

    /// <summary>Whether there is a parent.</summary>
    public readonly bool HasParent => !ParentId.IsEmpty;

    /// <summary>
    /// Reads a span, and its attributes into a table. False when it is malformed: <paramref name="outer"/> says why.
    /// </summary>
    public static bool Read(
        ReadOnlySpan<byte> body, ref ProtoReader outer, bool isFromJson, AttributeTable attributes, out SpanFields span)
    {
        span = default;
        attributes.Clear();
        ProtoReader reader = new(body, outer.Value);
        while (reader.Next())
        {
            switch (reader.Key)
            {
                case (1 << 3) | ProtoReader.Bytes:
                    span.TraceId = reader.Value;
                    break;
                case (2 << 3) | ProtoReader.Bytes:
                    span.SpanId = reader.Value;
                    break;
                case (4 << 3) | ProtoReader.Bytes:
                    span.ParentId = reader.Value;
                    break;
                case (5 << 3) | ProtoReader.Bytes:
                    span.Name = reader.Value;
                    break;
                case (6 << 3) | ProtoReader.Varint:
                    // An unknown kind is none.
                    span.Kind = (uint)reader.Number <= (uint)SpanKind.Consumer ? (SpanKind)(uint)reader.Number : SpanKind.Unspecified;
                    break;
                case (7 << 3) | ProtoReader.Fixed64:
                    span.Start = reader.Number;
                    break;
                case (8 << 3) | ProtoReader.Fixed64:
                    span.End = reader.Number;
                    break;
                case (9 << 3) | ProtoReader.Bytes:
                    attributes.Read(body, ref reader);
                    break;
                case (11 << 3) | ProtoReader.Bytes:
                    span.HasEvents = true;
                    break;
                case (15 << 3) | ProtoReader.Bytes:
                    ReadStatus(body, ref reader, ref span);
                    break;
                case (BadHexField << 3) | ProtoReader.Varint when isFromJson:
                    span.HasBadHex = true;
                    break;
            }
        }

        return outer.Adopt(reader);
    }

    /// <summary>What is wrong with the ids, or null. A parent of zeros is none.</summary>
    public SignalRejection? CheckIds(ReadOnlySpan<byte> body)
    {
        if (HasBadHex)
        {
            return SignalRejection.Hex;
        }

        if (TraceId.Length != TraceIdBytes || !TraceId.Of(body).ContainsAnyExcept((byte)0))
        {
            return SignalRejection.TraceId;
        }

        if (SpanId.Length != SpanIdBytes || BinaryPrimitives.ReadUInt64LittleEndian(SpanId.Of(body)) == 0)
        {
            return SignalRejection.SpanId;
        }

        if (ParentId.Length is not (0 or SpanIdBytes))
        {
            return SignalRejection.ParentId;
        }

        ParentId = HasParent && BinaryPrimitives.ReadUInt64LittleEndian(ParentId.Of(body)) == 0 ? default : ParentId;
        return null;
    }

    private static void ReadStatus(ReadOnlySpan<byte> body, ref ProtoReader outer, ref SpanFields span)
    {
        const uint Error = 2;
        ProtoReader reader = new(body, outer.Value);
        while (reader.Next())
        {
            if (reader.Key == ProtoReader.KeyOf(2, ProtoReader.Bytes))
            {
                span.StatusMessage = reader.Value;
            }
            else if (reader.Key == ProtoReader.KeyOf(3, ProtoReader.Varint))
            {
                span.IsError = (uint)reader.Number == Error;
            }
        }

        outer.Adopt(reader);
    }
}

/// <summary>The kind of a span, as OpenTelemetry numbers it.</summary>
internal enum SpanKind : uint
{
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}
