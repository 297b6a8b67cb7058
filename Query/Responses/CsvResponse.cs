using System.Buffers;
using System.IO.Pipelines;

namespace TimeSeries.Query.Responses;

/// <summary>
/// A CSV answer (RFC 4180, UTF-8, with a header line) that is written straight to the connection, some kilobytes at a time. Once begun,
/// a failure cuts the connection. Owned by one request.
/// </summary>
internal sealed class CsvResponse : IAsyncDisposable
{
    private static readonly SearchValues<byte> _needQuotes = SearchValues.Create("\",\r\n"u8);

    private readonly PipeWriter _body;
    private readonly CancellationToken _aborted;
    private long _unsentBytes;
    private bool _inLine;

    private CsvResponse(HttpContext context)
    {
        _body = context.Response.BodyWriter;
        _aborted = context.RequestAborted;
    }

    /// <summary>Sends the head of a 200 and returns the writer of its body.</summary>
    public static async ValueTask<CsvResponse> StartAsync(HttpContext context)
    {
        JsonResponse.SetHead(context, StatusCodes.Status200OK, "text/csv; charset=utf-8; header=present");
        await context.Response.StartAsync(context.RequestAborted);
        return new CsvResponse(context);
    }

    public void Write(Cell cell)
    {
        if (_inLine)
        {
            Put(","u8);
        }

        _inLine = true;
        if (cell.Utf8.IndexOfAny(_needQuotes) < 0)
        {
            Put(cell.Utf8);
            return;
        }

        Put("\""u8);
        ReadOnlySpan<byte> rest = cell.Utf8;
        for (int quote = rest.IndexOf((byte)'"'); quote >= 0; quote = rest.IndexOf((byte)'"'))
        {
            Put(rest[..(quote + 1)]);
            Put("\""u8);
            rest = rest[(quote + 1)..];
        }

        Put(rest);
        Put("\""u8);
    }

    /// <summary>Ends a line, and sends what was written when it is enough to be worth it.</summary>
    public ValueTask EndLineAsync()
    {
        Put("\r\n"u8);
        _inLine = false;
        return _unsentBytes < JsonResponse.FlushBytes ? ValueTask.CompletedTask : FlushAsync();
    }

    public ValueTask DisposeAsync() => FlushAsync();

    private void Put(ReadOnlySpan<byte> utf8)
    {
        _body.Write(utf8);
        _unsentBytes += utf8.Length;
    }

    private async ValueTask FlushAsync()
    {
        _unsentBytes = 0;
        await _body.FlushAsync(_aborted);
    }
}
