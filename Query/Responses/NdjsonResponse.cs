using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace TimeSeries.Query.Responses;

/// <summary>
/// A response of JSON objects, one a line (NDJSON), that is written straight to the connection, some kilobytes at a time.
/// A failure is its last line, whose only member is <c>error</c>. Owned by one request.
/// </summary>
internal sealed class NdjsonResponse : IAsyncDisposable
{
    private readonly PipeWriter _body;
    private readonly CancellationToken _aborted;

    // A line is written apart, so that half of one is never sent.
    private readonly ArrayBufferWriter<byte> _line = new(1_024);
    private readonly JsonValueWriter _writer;

    private NdjsonResponse(HttpContext context)
    {
        _body = context.Response.BodyWriter;
        _aborted = context.RequestAborted;
        _writer = new JsonValueWriter(new Utf8JsonWriter(_line, JsonResponse.Options));
    }

    /// <summary>Sends the head of a 200 and returns the writer of its body.</summary>
    public static async ValueTask<NdjsonResponse> StartAsync(HttpContext context)
    {
        JsonResponse.SetHead(context, StatusCodes.Status200OK, "application/x-ndjson; charset=utf-8");
        await context.Response.StartAsync(context.RequestAborted);
        return new NdjsonResponse(context);
    }

    /// <summary>
    /// Writes so many lines. What goes wrong while one is made ends the response with its error, and is thrown to the caller, which logs it.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="write">Writes a line's object.</param>
    public async ValueTask WriteAllAsync(int count, Action<IValueWriter, int> write)
    {
        for (int i = 0; i < count; i++)
        {
            try
            {
                write(_writer, i);
            }
            catch (Exception failure)
            {
                // The line that was begun is dropped.
                _writer.Reset();
                _line.ResetWrittenCount();
                _writer.WriteStartMap(1);
                _writer.WriteText("error"u8, "The request failed; the log of the server says why.");
                _writer.WriteEndMap();
                await EndLineAsync();
                throw new ResponseEndedException(failure);
            }

            await EndLineAsync();
        }
    }

    public ValueTask DisposeAsync() => FlushAsync();

    private async ValueTask FlushAsync() => await _body.FlushAsync(_aborted);

    private ValueTask EndLineAsync()
    {
        _writer.Flush();
        _writer.Reset();
        _body.Write(_line.WrittenSpan);
        _body.Write("\n"u8);
        _line.ResetWrittenCount();
        return _body.UnflushedBytes < JsonResponse.FlushBytes ? ValueTask.CompletedTask : FlushAsync();
    }
}

/// <summary>A response failed after it began, and ended with its error: there is nothing to cut.</summary>
internal sealed class ResponseEndedException(Exception cause) : Exception("A response ended with an error.", cause);
