using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using TimeSeries.Fuzzing.Otlp.Messages;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp;

/// <summary>Exports of very many items, and streams of HTTP/2 and gzip, put together byte by byte.</summary>
internal static class RawExports
{
    // Where the ids stand in a span that has all three: in the order of their fields, each behind a key and a length.
    private const int TraceAt = 2;
    private const int SpanAt = 20;
    private const int ParentAt = 30;
    private const int IdBytes = 8;
    private const int TraceIdBytes = 16;

    private const int OneMebibyte = 1 << 20;
    private const int FrameHeadBytes = 9;

    /// <summary>An export of so many SQL calls of one agent.</summary>
    public static byte[] Calls(int count, Func<int, (ulong Trace, ulong Id, ulong Parent)> idsOf)
    {
        byte[] span = Span(ClientKind, 1, parent: 1, attributes: [("db.system.name", "redis")]).ToByteArray();
        byte[] item = [0x12, (byte)span.Length, .. span];
        byte[] spans = new byte[count * item.Length];
        for (int i = 0; i < count; i++)
        {
            Span<byte> at = spans.AsSpan(i * item.Length, item.Length);
            item.CopyTo(at);
            (ulong trace, ulong id, ulong parent) = idsOf(i);
            at = at[2..];
            BinaryPrimitives.WriteUInt64BigEndian(at[(TraceAt + TraceIdBytes - IdBytes)..], trace);
            BinaryPrimitives.WriteUInt64BigEndian(at[SpanAt..], id);
            BinaryPrimitives.WriteUInt64BigEndian(at[ParentAt..], parent);
        }

        return Export(spans);
    }

    /// <summary>An export of so many spans that are empty: two bytes each.</summary>
    public static byte[] EmptySpans(int count)
    {
        byte[] spans = new byte[2 * count];
        for (int i = 0; i < spans.Length; i += 2)
        {
            spans[i] = 0x12;
        }

        return Export(spans);
    }

    /// <summary>An export of so many resources, each another agent with one transaction.</summary>
    /// <param name="count">How many.</param>
    /// <param name="first">The number of the first; no two have the same.</param>
    public static byte[] Agents(int count, int first)
    {
        const string Instance = "instance-0000000000";
        byte[] resource = new TraceExport
        {
            ResourceSpans = { Resource([Span(ServerKind, 1)], ("service.name", "s"), ("service.instance.id", Instance)) },
        }.ToByteArray();
        int at = resource.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Instance)) + Instance.IndexOf('0', StringComparison.Ordinal);
        byte[] export = new byte[count * resource.Length];
        for (int i = 0; i < count; i++)
        {
            Span<byte> one = export.AsSpan(i * resource.Length, resource.Length);
            resource.CopyTo(one);
            Encoding.ASCII.GetBytes($"{first + i:D10}").CopyTo(one[at..]);
        }

        return export;
    }

    /// <summary>Ten gigabytes of zeros in ten megabytes of gzip. Without an end: whoever looks for it has inflated all.</summary>
    public static byte[] Bomb()
    {
        byte[] zeros = new byte[OneMebibyte];
        using MemoryStream output = new();
        using GZipStream gzip = new(output, CompressionLevel.SmallestSize);
        gzip.Write(zeros);
        gzip.Flush();
        byte[] begin = output.ToArray();
        gzip.Write(zeros);
        gzip.Flush();

        // From the second on, each mebibyte goes back into one of zeros, and begins with a whole byte: it can stand there again and again.
        byte[] next = output.ToArray()[begin.Length..];
        return [.. begin, .. Enumerable.Repeat(next, 10 * 1_024).SelectMany(part => part)];
    }

    /// <summary>A connection of HTTP/2 that begins calls of gRPC and takes each back at once.</summary>
    /// <param name="streams">How many.</param>
    /// <param name="token">Who calls.</param>
    public static byte[] ResetStreams(int streams, string token)
    {
        byte[] headers =
        [
            .. Header(":method", "POST"), .. Header(":scheme", "http"), .. Header(":authority", "h"),
            .. Header(":path", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"),
            .. Header("content-type", "application/grpc"), .. Header("te", "trailers"), .. Header("authorization", "Bearer " + token),
        ];
        using MemoryStream bytes = new();
        bytes.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        bytes.Write(Frame(4, 0, 0, []));
        for (int i = 0; i < streams; i++)
        {
            int stream = 2 * i + 1;
            bytes.Write(Frame(1, 4, stream, headers));
            bytes.Write(Frame(0, 0, stream, [0, 0, 1, 0, 0, 0x0a]));
            bytes.Write(Frame(3, 0, stream, [0, 0, 0, 8]));
        }

        return bytes.ToArray();
    }

    /// <summary>A message within another.</summary>
    /// <param name="message">What is within.</param>
    /// <param name="key">The key of its field.</param>
    public static byte[] Wrapped(byte[] message, byte key)
    {
        using MemoryStream output = new();
        using (CodedOutputStream coded = new(output, leaveOpen: true))
        {
            coded.WriteTag(key);
            coded.WriteLength(message.Length);
        }

        output.Write(message);
        return output.ToArray();
    }

    private static byte[] Export(byte[] spans)
    {
        ResourceSpans agent = new() { Resource = new Resource { Attributes = { All([("service.name", "shop"), ("host.name", "h1")]) } } };
        return Wrapped([.. agent.ToByteArray(), .. Wrapped(spans, 0x12)], 0x0a);
    }

    // A literal that is not indexed, RFC 7541 §6.2.2; all are shorter than 127 bytes.
    private static byte[] Header(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame = new byte[FrameHeadBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, FrameHeadBytes);
        return frame;
    }
}
