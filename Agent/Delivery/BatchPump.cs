using System.Diagnostics.CodeAnalysis;

namespace TimeSeries.Agent.Delivery;

/// <summary>
/// Takes samples from the queue, makes batches of them and sends each until the server has it or says that it never will. Meanwhile the queue fills, and drops
/// its oldest. For one caller at a time.
/// </summary>
internal sealed class BatchPump(SampleQueue queue, TimeSeriesAgentOptions options, IBatchSender sender, DeliveryLog log, TimeProvider clock)
{
    // What people must put right is tried again so often.
    private static readonly TimeSpan _pauseOfRefused = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromMinutes(5);

    private readonly BatchEncoder _encoder = new(options);
    private readonly QueuedSample[] _samples = new QueuedSample[options.BatchSamples];
    private readonly Backoff _backoff = new();
    private CancellationToken _stopping;
    private long _sent;
    private long _rejected;
    private long _retries;

    public long Sent => Volatile.Read(ref _sent);

    public long Rejected => Volatile.Read(ref _rejected);

    public long Retries => Volatile.Read(ref _retries);

    /// <summary>Sends what waits, batch by batch, until nothing does or the end has come. What is on its way then is dropped.</summary>
    /// <param name="stopping">The host stops: what waits for a better moment is tried at once, and what people must put right no more.</param>
    /// <param name="ended">There is no time left.</param>
    public async Task SendAllAsync(CancellationToken stopping, CancellationToken ended)
    {
        _stopping = stopping;
        while (queue.Take(_samples) is > 0 and int taken)
        {
            int count = taken;
            try
            {
                count = Prepare(taken);
                if (count > 0)
                {
                    await SendAsync(0, count, ended).ConfigureAwait(false);
                }
            }
            catch
            {
                queue.Drop(count);
                throw;
            }
            finally
            {
                _samples.AsSpan(0, taken).Clear();
            }
        }
    }

    // What repeats an exception is at the server already.
    private int Prepare(int taken)
    {
        int count = _encoder.Prepare(_samples.AsSpan(0, taken));
        Interlocked.Add(ref _sent, taken - count);
        return count;
    }

    private async Task SendAsync(int from, int count, CancellationToken ended)
    {
        ReadOnlyMemory<byte> body = sender.Prepare(_encoder.Write(_samples.AsSpan(from, count), Guid.CreateVersion7(clock.GetUtcNow())));
        _backoff.Reset();
        while (!ended.IsCancellationRequested)
        {
            bool beganInTime = !_stopping.IsCancellationRequested;
            SendResult? result = await TrySendAsync(body, ended).ConfigureAwait(false);
            switch (Decide(result))
            {
                case SendOutcome.Done:
                    Finish(result!.Value, count);
                    return;
                case SendOutcome.TooLarge when count > 1:
                    await SendAsync(from, count / 2, ended).ConfigureAwait(false);
                    await SendAsync(from + (count / 2), count - (count / 2), ended).ConfigureAwait(false);
                    return;
                case SendOutcome.TooLarge or SendOutcome.Invalid:
                    Interlocked.Add(ref _rejected, count);
                    log.Refuse(result!.Value, count);
                    return;
                case SendOutcome.Refused:
                    log.Pause(result!.Value, _pauseOfRefused);
                    await WaitAsync(_pauseOfRefused, beganInTime, ended).ConfigureAwait(false);
                    break;
                case SendOutcome.Later:
                    await WaitAsync(WaitOf(result), beganInTime, ended).ConfigureAwait(false);
                    break;
            }

            Interlocked.Increment(ref _retries);
        }

        queue.Drop(count);
    }

    private TimeSpan WaitOf(SendResult? result) =>
        result?.RetryAfter is not { } said ? _backoff.Next() : said < _longestRetryAfter ? said : _longestRetryAfter;

    private static SendOutcome Decide(SendResult? result) => result?.Status switch
    {
        >= 200 and < 300 => SendOutcome.Done,
        413 => SendOutcome.TooLarge,
        400 or 415 or 422 => SendOutcome.Invalid,
        null or 408 or 425 or 429 or >= 500 => SendOutcome.Later,

        // No token, another project's, no such path: people must put it right.
        _ => SendOutcome.Refused,
    };

    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps a batch from the server, it is logged and the batch is sent again.")]
    private async Task<SendResult?> TrySendAsync(ReadOnlyMemory<byte> body, CancellationToken ended)
    {
        using CancellationTokenSource late = new(options.RequestTimeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ended);
        try
        {
            SendResult result = await sender.SendAsync(body, either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            log.Respond(result);
            return result;
        }
        catch (Exception failure)
        {
            if (!ended.IsCancellationRequested)
            {
                log.Fail(failure);
            }

            return null;
        }
    }

    private void Finish(SendResult result, int count)
    {
        int rejected = Math.Clamp(result.Rejected, 0, count);
        Interlocked.Add(ref _sent, count - rejected);
        Interlocked.Add(ref _rejected, rejected);
        if (rejected > 0)
        {
            log.Reject(rejected, result.Reason);
        }
    }

    // A stop cuts the wait after a try short that began before it, also when the try ends after it; then only the waits between its own tries are left.
    private async Task WaitAsync(TimeSpan time, bool beganInTime, CancellationToken ended)
    {
        await Task.Delay(time, clock, beganInTime ? _stopping : ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (beganInTime && _stopping.IsCancellationRequested)
        {
            _backoff.Reset();
        }
    }

    private enum SendOutcome : byte
    {
        Done,
        TooLarge,
        Invalid,
        Refused,
        Later,
    }
}

/// <summary>How long to wait before a batch is sent again: twice as long each time, and less by chance, so that agents don't come all at once.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan _first = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    private TimeSpan _limit = _first;

    public void Reset() => _limit = _first;

    [SuppressMessage("Security", "CA5394", Justification = "Chance only spreads the retries of many agents.")]
    public TimeSpan Next()
    {
        TimeSpan wait = _limit * Random.Shared.NextDouble();
        _limit = _limit * 2 < _longest ? _limit * 2 : _longest;
        return wait;
    }
}
