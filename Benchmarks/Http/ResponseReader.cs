using System.Buffers.Text;
using System.Text;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Http;

/// <summary>
/// Reads HTTP/1.1 responses (RFC 9112) from a stream, however small the pieces in which it comes: bodies of known length, chunked, or ended by
/// the connection's close. Interim responses (1xx) are skipped. Allocates nothing once its buffers have grown. Not thread safe.
/// </summary>
internal sealed class ResponseReader(Stream stream)
{
    // Longest head line, and what is read at once.
    private const int BufferBytes = 16 * 1_024;

    // The response to a push names some errors at most.
    private const int MaxBodyBytes = 16 << 20;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly ByteBuffer _body = new();
    private int _start;
    private int _end;

    /// <summary>The body of the last response; valid until the next.</summary>
    public ReadOnlySpan<byte> Body => _body.Written;

    /// <exception cref="InvalidResponseException">The response is cut or no HTTP/1.1.</exception>
    public HttpResponseHead Read()
    {
        while (true)
        {
            int status = ReadStatus(out bool closes);
            ReadHead(ref closes, out long length, out bool chunked, out TimeSpan? retryAfter);
            _body.Clear();
            if (status is >= 100 and < 200)
            {
                continue;
            }

            closes |= ReadBody(status, length, chunked);
            return new HttpResponseHead(status, retryAfter, closes);
        }
    }

    private int ReadStatus(out bool closes)
    {
        ReadOnlySpan<byte> line = ReadLine();
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out int used) || used != 3)
        {
            throw new InvalidResponseException($"The server's response starts with '{Show(line)}', which is no HTTP/1.1.");
        }

        // HTTP/1.0 closes unless told otherwise.
        closes = line[7] == (byte)'0';
        return status;
    }

    private void ReadHead(ref bool closes, out long length, out bool chunked, out TimeSpan? retryAfter)
    {
        length = -1;
        chunked = false;
        retryAfter = null;
        for (ReadOnlySpan<byte> line = ReadLine(); line.Length > 0; line = ReadLine())
        {
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                throw new InvalidResponseException($"The server's response has the head line '{Show(line)}'.");
            }

            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8))
            {
                length = ParseLength(value);
            }
            else if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8))
            {
                chunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
            }
            else if (Ascii.EqualsIgnoreCase(name, "Connection"u8))
            {
                closes = !Ascii.EqualsIgnoreCase(value, "keep-alive"u8) && (closes || Ascii.EqualsIgnoreCase(value, "close"u8));
            }
            else if (Ascii.EqualsIgnoreCase(name, "Retry-After"u8) && Utf8Parser.TryParse(value, out uint seconds, out _))
            {
                retryAfter = TimeSpan.FromSeconds(seconds);
            }
        }
    }

    private bool ReadBody(int status, long length, bool chunked)
    {
        if (status is 204 or 304)
        {
            return false;
        }

        if (chunked)
        {
            ReadChunks();
            return false;
        }

        if (length >= 0)
        {
            ReadBytes(length);
            return false;
        }

        ReadToEnd();
        return true;
    }

    private void ReadChunks()
    {
        while (true)
        {
            ReadOnlySpan<byte> line = ReadLine();
            if (!Utf8Parser.TryParse(line, out int size, out int used, 'x') || used == 0 || size < 0)
            {
                throw new InvalidResponseException($"The server's response has a chunk of size '{Show(line)}'.");
            }

            if (size == 0)
            {
                break;
            }

            ReadBytes(size);
            if (ReadLine().Length > 0)
            {
                throw new InvalidResponseException("A chunk of the server's response is longer than it says.");
            }
        }

        while (ReadLine().Length > 0)
        {
            // Trailers say nothing that matters here.
        }
    }

    private void ReadBytes(long count)
    {
        if (_body.Count + count > MaxBodyBytes)
        {
            throw new InvalidResponseException($"The server's response is longer than {MaxBodyBytes} bytes.");
        }

        while (count > 0)
        {
            if (_start == _end && !Fill())
            {
                throw new InvalidResponseException("The connection ended within a response.");
            }

            int take = (int)Math.Min(count, _end - _start);
            _body.Add(_buffer.AsSpan(_start, take));
            _start += take;
            count -= take;
        }
    }

    private void ReadToEnd()
    {
        do
        {
            ReadBytes(_end - _start);
        }
        while (Fill());
    }

    // The line stays valid until the next call.
    private ReadOnlySpan<byte> ReadLine()
    {
        int looked = 0;
        while (true)
        {
            int end = _buffer.AsSpan(_start + looked, _end - _start - looked).IndexOf((byte)'\n');
            if (end >= 0)
            {
                ReadOnlySpan<byte> line = _buffer.AsSpan(_start, looked + end);
                _start += line.Length + 1;
                return line.EndsWith("\r"u8) ? line[..^1] : line;
            }

            looked = _end - _start;
            if (looked == BufferBytes)
            {
                throw new InvalidResponseException($"The head of the server's response has a line longer than {BufferBytes} bytes.");
            }

            if (!Fill())
            {
                throw new InvalidResponseException(
                    looked == 0 ? "The server closed the connection without a response." : "The connection ended within a response.");
            }
        }
    }

    private bool Fill()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == BufferBytes)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        int read = stream.Read(_buffer, _end, BufferBytes - _end);
        _end += read;
        return read > 0;
    }

    private static long ParseLength(ReadOnlySpan<byte> value) =>
        Utf8Parser.TryParse(value, out long length, out int used) && used == value.Length && length >= 0
            ? length
            : throw new InvalidResponseException($"The server's response has the Content-Length '{Show(value)}'.");

    private static string Show(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text[..Math.Min(text.Length, 80)]);
}

/// <summary>What stands in the head of a response that matters here.</summary>
/// <param name="Status">The status code.</param>
/// <param name="RetryAfter">How long the server asks to wait; null when it does not say.</param>
/// <param name="Closes">Whether the connection ends with this response.</param>
internal readonly record struct HttpResponseHead(int Status, TimeSpan? RetryAfter, bool Closes);

/// <summary>The server's response ended early or is no HTTP/1.1; the connection is of no more use.</summary>
internal sealed class InvalidResponseException(string message) : IOException(message);
