using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Load;

/// <summary>
/// One connection of a load run and its thread's work: take the next batch from the schedule, patch it, wait until it is due, send, count.
/// The counts may be read by others while it runs.
/// </summary>
internal sealed class LoadConnection(
    HttpConnection connection, BatchSender sender, PreparedBody[] bodies, RequestFrame frame, SendSchedule schedule, TimeProvider clock, ulong idState)
    : IDisposable
{
    // A wait that can be stopped is one of whole milliseconds, rounded down, and may end late: the last ones are slept precisely.
    private static readonly TimeSpan _sleptPrecisely = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan _roundedOff = TimeSpan.FromMilliseconds(1);

    private ulong _idState = idState;
    private long _acceptedCount;
    private long _rejectedCount;
    private long _takenBatchCount;
    private long _lastResponse;

    public BatchSender Sender { get; } = sender;

    /// <summary>Time stamp from which latencies count.</summary>
    public long MeasuredFrom { get; init; }

    /// <summary>Latencies of the batches that were taken and due from <see cref="MeasuredFrom"/> on.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Samples that the server says it accepted.</summary>
    public long AcceptedCount => Volatile.Read(ref _acceptedCount);

    /// <summary>Samples that the server says it rejected.</summary>
    public long RejectedCount => Volatile.Read(ref _rejectedCount);

    /// <summary>Batches answered 200.</summary>
    public long TakenBatchCount => Volatile.Read(ref _takenBatchCount);

    /// <summary>Time stamp of the last response; 0 before it.</summary>
    public long LastResponse => Volatile.Read(ref _lastResponse);

    /// <summary>Compresses bodies when given.</summary>
    public GzipBody? Gzip { get; init; }

    /// <summary>Sends until the schedule ends or <paramref name="stop"/> is set; sets it when no batch can succeed.</summary>
    public void Run(CancellationTokenSource stop)
    {
        ShortSleep.SharpenTimers();
        for (int next = 0; !stop.IsCancellationRequested && schedule.TryTake(out long due); next = (next + 1) % bodies.Length)
        {
            // Before the wait: a sender has a batch ready when it is due.
            ReadOnlySpan<byte> request = Make(bodies[next], due);
            if (!WaitUntil(due, stop.Token) || schedule.IsOver)
            {
                return;
            }

            SendOutcome outcome = Send(request, due, stop.Token);
            if (outcome == SendOutcome.Hopeless)
            {
                stop.Cancel();
            }
        }
    }

    /// <summary>Ends a request in flight.</summary>
    public void Dispose() => connection.Dispose();

    private ReadOnlySpan<byte> Make(PreparedBody body, long due)
    {
        body.Patch((clock.GetUtcNow() + schedule.Until(due)).ToUnixTimeMilliseconds(), ref _idState);
        return Gzip is null
            ? frame.Frame(body.Bytes, body.Length)
            : frame.Frame(Gzip.Bytes, Gzip.Compress(body.Body));
    }

    private SendOutcome Send(ReadOnlySpan<byte> request, long due, CancellationToken stop)
    {
        SendOutcome outcome = Sender.Send(request, stop, out ResponseCounts counts);
        long answered = clock.GetTimestamp();
        Volatile.Write(ref _lastResponse, answered);
        if (outcome == SendOutcome.Taken)
        {
            if (due >= MeasuredFrom)
            {
                Latencies.Record(clock.GetElapsedTime(due, answered));
            }

            Volatile.Write(ref _acceptedCount, _acceptedCount + counts.Accepted);
            Volatile.Write(ref _rejectedCount, _rejectedCount + counts.Rejected);
            Volatile.Write(ref _takenBatchCount, _takenBatchCount + 1);
        }

        return outcome;
    }

    private bool WaitUntil(long due, CancellationToken stop)
    {
        for (TimeSpan wait = schedule.Until(due); wait > TimeSpan.Zero; wait = schedule.Until(due))
        {
            if (wait < _sleptPrecisely + _roundedOff)
            {
                ShortSleep.Approach(wait);
            }
            else if (stop.WaitHandle.WaitOne(wait - _sleptPrecisely))
            {
                return false;
            }
        }

        return true;
    }
}
