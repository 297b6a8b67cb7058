using System.Buffers;
using System.IO.Pipelines;

namespace TimeSeries.Query.Responses;

/// <summary>
/// A CSV response (RFC 4180, UTF-8, with a header line) that is written straight to the connection, some kilobytes at a time. Once begun,
/// a failure cuts the connection. Owned by one request.
/// </summary>
internal sealed class CsvResponse : IAsyncDisposable
{
    private static readonly SearchValues<byte> _needQuotes = SearchValues.Create("\",\r\n"u8);

    // Spreadsheets take a text that begins so for a formula, and run it (OWASP, CSV injection).
    private static readonly SearchValues<byte> _beginFormulas = SearchValues.Create("=+-@\t\r"u8);

    private readonly PipeWriter _body;
    private readonly CancellationToken _aborted;
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

    /// <summary>Writes a cell. A text that a spreadsheet would take for a formula gets an apostrophe before it; a number never does.</summary>
    public void Write(Cell cell)
    {
        if (_inLine)
        {
            _body.Write(","u8);
        }

        _inLine = true;
        bool isFormula = cell.Form == CellForm.Text && !cell.Utf8.IsEmpty && _beginFormulas.Contains(cell.Utf8[0]);
        if (cell.Utf8.IndexOfAny(_needQuotes) < 0)
        {
            _body.Write(isFormula ? "'"u8 : default);
            _body.Write(cell.Utf8);
            return;
        }

        _body.Write(isFormula ? "\"'"u8 : "\""u8);
        ReadOnlySpan<byte> rest = cell.Utf8;
        for (int quote = rest.IndexOf((byte)'"'); quote >= 0; quote = rest.IndexOf((byte)'"'))
        {
            _body.Write(rest[..(quote + 1)]);
            _body.Write("\""u8);
            rest = rest[(quote + 1)..];
        }

        _body.Write(rest);
        _body.Write("\""u8);
    }

    /// <summary>Ends a line, and sends what was written when it is enough to be worth it.</summary>
    public ValueTask EndLineAsync()
    {
        _body.Write("\r\n"u8);
        _inLine = false;
        return _body.UnflushedBytes < JsonResponse.FlushBytes ? ValueTask.CompletedTask : FlushAsync();
    }

    public ValueTask DisposeAsync() => FlushAsync();

    private async ValueTask FlushAsync() => await _body.FlushAsync(_aborted);
}
