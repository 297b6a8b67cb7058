using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Streaming;

/// <summary>
/// Sends the events of a feed to one client as fast as it reads. It holds what the connection buffers and no more: what a slow client did not read before it
/// was replaced is missed, and counted. Owned by one request.
/// </summary>
internal sealed class EventStream(HttpContext context, StreamFeed feed, QueryInstruments instruments, TimeProvider clock)
{
    // What is handed to the connection at a time.
    private const int ChunkBytes = 32 * 1024;

    // Proxies cut connections that are quiet for half a minute or more.
    private static readonly TimeSpan _heartbeat = TimeSpan.FromSeconds(15);

    private readonly PipeWriter _body = context.Response.BodyWriter;
    private readonly List<byte[]> _frames = [];

    /// <summary>Sets the headers.</summary>
    public static void SetHead(HttpContext context)
    {
        JsonResponse.SetHead(context, StatusCodes.Status200OK, "text/event-stream; charset=utf-8");

        // Nginx would collect events until a buffer is full.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <summary>Sends until cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        SetHead(context);
        EventPlace place = Open();
        while (true)
        {
            await _body.FlushAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            _frames.Clear();
            Task? next = feed.Events.Read(ref place, ChunkBytes, _frames, out long missed);
            if (missed > 0)
            {
                instruments.StreamsMissed.Add(missed);
                Write("missed", string.Create(CultureInfo.InvariantCulture, $$"""{"count":{{missed}}}"""));
            }

            foreach (byte[] frame in _frames)
            {
                _body.Write(frame);
            }

            if (next is not null && !await IsInTimeAsync(next, cancellationToken))
            {
                _body.Write(":\n\n"u8);
            }
        }
    }

    // A client that comes back goes on where it was, while the feed has what is behind. Any other begins with the present.
    private EventPlace Open()
    {
        _body.Write("retry: 2000\n\n"u8);
        string last = context.Request.Headers["Last-Event-ID"].ToString();
        EventPlace? known = last.Length > 0 ? feed.Events.Find(last) : null;
        if (last.Length > 0 && known is null)
        {
            Write("missed", "{\"count\":null}");
        }

        (EventPlace place, IReadOnlyList<(string Name, byte[] Data)> opening) = feed.Join();
        foreach ((string name, byte[] data) in opening)
        {
            Write(name, Encoding.UTF8.GetString(data));
        }

        return known ?? place;
    }

    private async Task<bool> IsInTimeAsync(Task next, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(_heartbeat, clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Write(string name, string data) => _body.Write(Encoding.UTF8.GetBytes($"event: {name}\ndata: {data}\n\n"));
}
