using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Responses;

/// <summary>
/// A response in JSON or MessagePack that is written straight to the connection, some kilobytes at a time. Once begun, a failure cuts the
/// connection instead of leaving half a response that looks whole. Owned by one request.
/// </summary>
internal sealed class ValueResponse : IAsyncDisposable
{
    private readonly PipeWriter _body;
    private readonly CancellationToken _aborted;

    private ValueResponse(HttpContext context, ResponseFormat format)
    {
        _body = context.Response.BodyWriter;
        _aborted = context.RequestAborted;
        Writer = format == ResponseFormat.MessagePack
            ? new MessagePackValueWriter(_body)
            : new JsonValueWriter(new Utf8JsonWriter((IBufferWriter<byte>)_body, JsonResponse.Options));
    }

    public IValueWriter Writer { get; }

    /// <summary>The format that the header Accept asks for: MessagePack or JSON.</summary>
    public static ResponseFormat AcceptedFormat(HttpRequest request) =>
        MessagePackMedia.IsPreferred(request) ? ResponseFormat.MessagePack : ResponseFormat.Json;

    /// <summary>Sends the head of a 200 and returns the writer of its body.</summary>
    public static async ValueTask<ValueResponse> StartAsync(HttpContext context, ResponseFormat format)
    {
        SetHead(context, format);
        await context.Response.StartAsync(context.RequestAborted);
        return new ValueResponse(context, format);
    }

    /// <summary>Sets status and headers of a 200, which depend on Accept.</summary>
    public static void SetHead(HttpContext context, ResponseFormat format)
    {
        string contentType = format == ResponseFormat.MessagePack ? MessagePackMedia.ContentType : "application/json; charset=utf-8";
        JsonResponse.SetHead(context, StatusCodes.Status200OK, contentType);
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
    }

    /// <summary>Sends what was written when it is enough to be worth it.</summary>
    public ValueTask FlushWhenFullAsync() => _body.UnflushedBytes < JsonResponse.FlushBytes ? ValueTask.CompletedTask : FlushAsync();

    public ValueTask DisposeAsync() => FlushAsync();

    private async ValueTask FlushAsync()
    {
        Writer.Flush();
        await _body.FlushAsync(_aborted);
    }
}

/// <summary>How a response is written.</summary>
internal enum ResponseFormat : byte
{
    Json,

    /// <summary>The same values as in <see cref="Json"/>; chosen by the header Accept.</summary>
    MessagePack,

    Csv,

    /// <summary>A JSON object a line.</summary>
    Lines,
}
