using System.Text;

namespace TimeSeries.Benchmarks.Http;

/// <summary>The head of every push of one run; only the length in it changes. Thread safe.</summary>
internal sealed class RequestFrame
{
    // "Content-Length: " stands last; ten digits hold every int, and two line ends follow.
    private const int LengthBytes = 10 + 4;

    private readonly byte[] _head;

    /// <param name="address">Where to.</param>
    /// <param name="token">A bearer token; null where none is asked for.</param>
    /// <param name="contentType">Of the bodies.</param>
    /// <param name="contentEncoding">Of the bodies; null when they are plain.</param>
    public RequestFrame(ServerAddress address, string? token, string contentType, string? contentEncoding)
    {
        string encoding = contentEncoding is null ? "" : $"Content-Encoding: {contentEncoding}\r\n";
        string authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
        _head = Encoding.ASCII.GetBytes(
            $"POST {address.Path} HTTP/1.1\r\nHost: {address.Authority}\r\n{authorization}"
            + $"Content-Type: {contentType}\r\nAccept: application/json\r\n{encoding}Content-Length: ");
    }

    /// <summary>Bytes to keep free before a body.</summary>
    public int HeadRoom => _head.Length + LengthBytes;

    /// <summary>Writes the head right before the body that starts at <see cref="HeadRoom"/>, so that one write sends both.</summary>
    public ReadOnlySpan<byte> Frame(byte[] buffer, int bodyLength)
    {
        Span<byte> end = stackalloc byte[LengthBytes];
        bodyLength.TryFormat(end, out int digits);
        "\r\n\r\n"u8.CopyTo(end[digits..]);
        int endLength = digits + 4;
        int start = HeadRoom - _head.Length - endLength;
        _head.CopyTo(buffer.AsSpan(start));
        end[..endLength].CopyTo(buffer.AsSpan(start + _head.Length));
        return buffer.AsSpan(start, HeadRoom - start + bodyLength);
    }
}
