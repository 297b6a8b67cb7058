using System.Buffers.Text;
using TimeSeries.Core.Memory;

namespace TimeSeries.Ingest.Protocols.Otlp.Texts;

/// <summary>Takes URLs apart, and makes of a path one that many requests share.</summary>
internal static class UrlParts
{
    private const int UuidBytes = 36;
    private const int ShortestHexId = 16;
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    /// <summary>
    /// The path of a URL, or of the target of a request, without query and fragment: <c>/</c> when a URL has none, empty when there is no URL.
    /// </summary>
    public static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> url)
    {
        int authority = url.IndexOf("://"u8);
        if (authority >= 0 && url.IndexOfAny((byte)'/', (byte)'?', (byte)'#') is var first && first > authority)
        {
            url = url[(authority + 3)..];
            int end = url.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
            url = end < 0 || url[end] != (byte)'/' ? "/"u8 : url[end..];
        }

        int query = url.IndexOfAny((byte)'?', (byte)'#');
        return query < 0 ? url : url[..query];
    }

    /// <summary>The host of a URL, without user and port; empty when there is none.</summary>
    public static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> url, out int? port)
    {
        port = null;
        int authority = url.IndexOf("://"u8);
        if (authority <= 0)
        {
            return default;
        }

        ReadOnlySpan<byte> scheme = url[..authority];
        ReadOnlySpan<byte> host = url[(authority + 3)..];
        int end = host.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        host = end < 0 ? host : host[..end];
        host = host[(host.LastIndexOf((byte)'@') + 1)..];
        int colon = host.LastIndexOf((byte)':');
        if (colon >= 0 && host.IndexOf((byte)']') < colon)
        {
            if (Utf8Parser.TryParse(host[(colon + 1)..], out int number, out int read) && read == host.Length - colon - 1)
            {
                port = number;
            }

            host = host[..colon];
        }

        port ??= System.Text.Ascii.EqualsIgnoreCase(scheme, "https"u8) ? HttpsPort : System.Text.Ascii.EqualsIgnoreCase(scheme, "http"u8) ? HttpPort : null;
        return host is [(byte)'[', .., (byte)']'] ? host[1..^1] : host;
    }

    /// <summary>Writes a path whose segments that are ids (digits, a UUID, 16 or more hexadecimal digits) are <c>{id}</c>.</summary>
    public static void WriteCollapsed(ReadOnlySpan<byte> path, TextBuffer into)
    {
        while (true)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> segment = slash < 0 ? path : path[..slash];
            into.Add(IsId(segment) ? "{id}"u8 : segment);
            if (slash < 0)
            {
                return;
            }

            into.Add((byte)'/');
            path = path[(slash + 1)..];
        }
    }

    /// <summary>Whether a text is a UUID.</summary>
    public static bool IsUuid(ReadOnlySpan<byte> text) =>
        text.Length == UuidBytes && Utf8Parser.TryParse(text, out Guid _, out int read, 'D') && read == UuidBytes;

    private static bool IsId(ReadOnlySpan<byte> segment)
    {
        if (segment.IsEmpty)
        {
            return false;
        }

        bool isHex = true;
        bool isDecimal = true;
        foreach (byte letter in segment)
        {
            isDecimal &= char.IsAsciiDigit((char)letter);
            isHex &= char.IsAsciiHexDigit((char)letter);
        }

        return isDecimal || (isHex && segment.Length >= ShortestHexId) || IsUuid(segment);
    }
}
