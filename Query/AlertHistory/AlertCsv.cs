using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace TimeSeries.Query.AlertHistory;

/// <summary>
/// A CSV answer (RFC 4180: a header line, CR LF, quotes where a value needs them), written straight to the connection some kilobytes at a time.
/// Values are the stored ones to the letter. Owned by one request.
/// </summary>
internal sealed class AlertCsv : IAsyncDisposable
{
    // As for JSON answers.
    private const int FlushBytes = 32 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly PipeWriter _body;
    private readonly CancellationToken _aborted;
    private bool _isFirst = true;

    private AlertCsv(HttpContext context)
    {
        _body = context.Response.BodyWriter;
        _aborted = context.RequestAborted;
    }

    /// <summary>Sends the head of a 200 and the names of the columns.</summary>
    public static async ValueTask<AlertCsv> StartAsync(HttpContext context, params ImmutableArray<string> columns)
    {
        HttpResponse response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        await response.StartAsync(context.RequestAborted);
        AlertCsv csv = new(context);
        foreach (string column in columns)
        {
            csv.Add(column);
        }

        await csv.EndRowAsync();
        return csv;
    }

    public void Add(long value) => Add(value.ToString(CultureInfo.InvariantCulture));

    public void Add(string value) => Add(Encoding.UTF8.GetBytes(value));

    public void Add(ReadOnlySpan<byte> value)
    {
        if (!_isFirst)
        {
            _buffer.Write(","u8);
        }

        _isFirst = false;
        if (value.IndexOfAny(",\"\r\n"u8) < 0)
        {
            _buffer.Write(value);
            return;
        }

        _buffer.Write("\""u8);
        for (int quote = value.IndexOf((byte)'"'); quote >= 0; quote = value.IndexOf((byte)'"'))
        {
            _buffer.Write(value[..quote]);
            _buffer.Write("\"\""u8);
            value = value[(quote + 1)..];
        }

        _buffer.Write(value);
        _buffer.Write("\""u8);
    }

    public ValueTask EndRowAsync()
    {
        _buffer.Write("\r\n"u8);
        _isFirst = true;
        return _buffer.WrittenCount < FlushBytes ? ValueTask.CompletedTask : FlushAsync();
    }

    public ValueTask DisposeAsync() => FlushAsync();

    private async ValueTask FlushAsync()
    {
        await _body.WriteAsync(_buffer.WrittenMemory, _aborted);
        _buffer.ResetWrittenCount();
    }
}
