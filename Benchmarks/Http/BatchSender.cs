using System.Net.Sockets;
using System.Text;

namespace TimeSeries.Benchmarks.Http;

/// <summary>
/// Sends batches over one connection the way the contract asks of an agent: 429 and 503 are waited out and the same bytes are sent again,
/// everything else is taken as final. Used by one thread; the counts may be read by others while it runs.
/// </summary>
internal sealed class BatchSender(IBatchConnection connection, FirstError firstError)
{
    // What Retry-After is taken for where a server leaves it out.
    private static readonly TimeSpan _defaultWait = TimeSpan.FromSeconds(1);

    // A server that is being restarted is given this long before the next try.
    private static readonly TimeSpan _reconnectWait = TimeSpan.FromMilliseconds(200);

    private long _errorCount;
    private long _rejected429Count;
    private long _bytesSent;

    /// <summary>Responses other than 200 and 429, and broken connections.</summary>
    public long ErrorCount => Volatile.Read(ref _errorCount);

    /// <summary>Responses 429; the batch was sent again afterwards.</summary>
    public long Rejected429Count => Volatile.Read(ref _rejected429Count);

    /// <summary>Bytes of requests, heads and resends included.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Sends a request until it has a final response or <paramref name="stop"/> is set.</summary>
    /// <param name="request">The whole request.</param>
    /// <param name="stop">Ends waits, not a request in flight.</param>
    /// <param name="counts">What the server took, when it took the batch.</param>
    public SendOutcome Send(ReadOnlySpan<byte> request, CancellationToken stop, out ResponseCounts counts)
    {
        counts = default;
        while (true)
        {
            HttpResponseHead response;
            try
            {
                response = connection.Exchange(request);
            }
            catch (Exception exception) when (exception is IOException or SocketException or HttpRequestException or ObjectDisposedException)
            {
                Fail($"The connection broke: {exception.Message}");
                stop.WaitHandle.WaitOne(_reconnectWait);
                return SendOutcome.Lost;
            }

            Volatile.Write(ref _bytesSent, _bytesSent + request.Length);
            if (response.Status is not (429 or 503))
            {
                return Judge(response.Status, out counts);
            }

            NoteWait(response.Status);
            if (stop.WaitHandle.WaitOne(response.RetryAfter is { Ticks: > 0 } wait ? wait : _defaultWait))
            {
                return SendOutcome.Stopped;
            }
        }
    }

    private SendOutcome Judge(int status, out ResponseCounts counts)
    {
        counts = default;
        if (status == 200)
        {
            if (ResponseCounts.Parse(connection.ResponseBody) is { } parsed)
            {
                counts = parsed;
                if (parsed.Rejected > 0 && firstError.Reason is null)
                {
                    firstError.Note($"Samples were rejected: {Show(connection.ResponseBody)}");
                }

                return SendOutcome.Taken;
            }

            Fail($"The server answered 200 without a count of accepted samples: {Show(connection.ResponseBody)}");
            return SendOutcome.Hopeless;
        }

        Fail($"The server answered {status}: {Show(connection.ResponseBody)}");
        return status is 401 or 403 or 404 or 405 or 413 or 415 ? SendOutcome.Hopeless : SendOutcome.Refused;
    }

    private void NoteWait(int status)
    {
        if (status == 429)
        {
            Volatile.Write(ref _rejected429Count, _rejected429Count + 1);
        }
        else
        {
            Fail($"The server answered {status}: {Show(connection.ResponseBody)}");
        }
    }

    private void Fail(string reason)
    {
        Volatile.Write(ref _errorCount, _errorCount + 1);
        firstError.Note(reason);
    }

    private static string Show(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body[..Math.Min(body.Length, 500)]).ReplaceLineEndings(" ");
}

/// <summary>How the sending of one batch ended.</summary>
internal enum SendOutcome
{
    /// <summary>Answered 200 with counts.</summary>
    Taken,

    /// <summary>Answered with a status that a resend does not change; another batch may fare better.</summary>
    Refused,

    /// <summary>Answered with a status that every batch will get: wrong token, no such path.</summary>
    Hopeless,

    /// <summary>The connection broke before a response; whether the batch is stored is unknown.</summary>
    Lost,

    /// <summary>The run ended while the server asked to wait.</summary>
    Stopped,
}

/// <summary>What batches are pushed over: the load generator's own connection, or a <see cref="BatchClient"/>. Used by one thread.</summary>
internal interface IBatchConnection
{
    /// <summary>The body of the last response; valid until the next call.</summary>
    ReadOnlySpan<byte> ResponseBody { get; }

    /// <summary>Sends a request and returns the head of its response.</summary>
    HttpResponseHead Exchange(ReadOnlySpan<byte> request);
}
