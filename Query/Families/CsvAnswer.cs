using System.Buffers;
using System.IO.Pipelines;

namespace TimeSeries.Query.Families;

/// <summary>
/// A CSV answer (RFC 4180) that is written straight to the connection, some kilobytes at a time. Once begun, a failure cuts the connection
/// instead of leaving half an answer that looks whole. Owned by one request.
/// </summary>
internal sealed class CsvAnswer : IAsyncDisposable
{
    private const int FlushBytes = 32 * 1024;

    // The longest double and the longest Int128.
    private const int MaxNumberBytes = 48;

    private static readonly SearchValues<byte> _quoted = SearchValues.Create("\",\r\n"u8);

    private readonly PipeWriter _body;
    private readonly CancellationToken _aborted;
    private int _unflushedBytes;
    private bool _isRowBegun;

    private CsvAnswer(HttpContext context)
    {
        _body = context.Response.BodyWriter;
        _aborted = context.RequestAborted;
    }

    /// <summary>Sends the head of a 200 and the names of the columns.</summary>
    public static async ValueTask<CsvAnswer> StartAsync(HttpContext context, IEnumerable<string> columns)
    {
        JsonAnswer.SetHead(context, StatusCodes.Status200OK, "text/csv; charset=utf-8");
        await context.Response.StartAsync(context.RequestAborted);
        CsvAnswer answer = new(context);
        foreach (string column in columns)
        {
            answer.Write(System.Text.Encoding.UTF8.GetBytes(column));
        }

        answer.EndRow();
        return answer;
    }

    /// <summary>Writes the next field, a text.</summary>
    public void Write(ReadOnlySpan<byte> text)
    {
        Separate();
        if (text.IndexOfAny(_quoted) < 0)
        {
            Put(text);
            return;
        }

        Put("\""u8);
        for (int quote; (quote = text.IndexOf((byte)'"')) >= 0; text = text[(quote + 1)..])
        {
            Put(text[..quote]);
            Put("\"\""u8);
        }

        Put(text);
        Put("\""u8);
    }

    /// <summary>Writes the next field, a number as JSON has it.</summary>
    public void Write<T>(T number)
        where T : IUtf8SpanFormattable
    {
        Separate();
        Span<byte> digits = stackalloc byte[MaxNumberBytes];
        number.TryFormat(digits, out int length, default, System.Globalization.CultureInfo.InvariantCulture);
        Put(digits[..length]);
    }

    public void EndRow()
    {
        Put("\r\n"u8);
        _isRowBegun = false;
    }

    /// <summary>Sends what was written when it is enough to be worth it.</summary>
    public ValueTask FlushWhenFullAsync() => _unflushedBytes < FlushBytes ? ValueTask.CompletedTask : FlushAsync();

    public ValueTask DisposeAsync() => FlushAsync();

    private async ValueTask FlushAsync()
    {
        _unflushedBytes = 0;
        await _body.FlushAsync(_aborted);
    }

    private void Separate()
    {
        if (_isRowBegun)
        {
            Put(","u8);
        }

        _isRowBegun = true;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _body.Write(bytes);
        _unflushedBytes += bytes.Length;
    }
}
