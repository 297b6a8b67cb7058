using Microsoft.Extensions.Logging;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Sends batches of lines until InfluxDB has stored or finally refused each line, then confirms the batch. Retries send the same bytes,
/// which make the same points. Lines for an hour that is not warm (<see cref="WarmShards"/>) are sent twice.
/// Several loops may run side by side; some send, the others wait.
/// </summary>
internal sealed partial class LineSender(
    InfluxHttp http, InfluxOptions options, SendQueue queue, AdaptiveBatchSize size, DeadLetters deadLetters, TimeProvider clock,
    CoreInstruments instruments, ILogger logger) : IDisposable
{
    // More concurrent writes make a server of few cores no faster.
    private const int MaxWrites = 3;

    // A shard's cache is made in microseconds; on a crowded machine the thread that makes it can be kept waiting for some hundred milliseconds.
    private static readonly TimeSpan _warmUp = TimeSpan.FromMilliseconds(500);

    // Failures that need an operator are logged again after this time.
    private static readonly TimeSpan _repeatAfter = TimeSpan.FromMinutes(10);

    private readonly WarmShards _warm = new(clock);
    private readonly SemaphoreSlim _turns = new(MaxWrites, MaxWrites);
    private readonly Lock _lock = new();
    private string? _fault;
    private long _logged;
    private Task<bool>? _creation;

    /// <summary>Why InfluxDB accepts no lines now; null when it does.</summary>
    public string? Fault
    {
        get
        {
            lock (_lock)
            {
                return _fault;
            }
        }
    }

    /// <summary>Sends until cancelled.</summary>
    public async Task SendAllAsync(CancellationToken cancellationToken)
    {
        while (await queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            await SendNextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One step: sends the batch that was queued first, and confirms it. False when none waits.</summary>
    public async ValueTask<bool> SendNextAsync(CancellationToken cancellationToken)
    {
        if (!queue.Reader.TryRead(out LineBatch? batch))
        {
            return false;
        }

        bool isWarm = _warm.Contain(batch.Hours);
        List<(int First, int Count)> stored = await SendInTurnAsync(batch, [(0, batch.LineCount)], cancellationToken).ConfigureAwait(false);
        if (!isWarm)
        {
            await Task.Delay(_warmUp, clock, cancellationToken).ConfigureAwait(false);
            await SendInTurnAsync(batch, stored, cancellationToken).ConfigureAwait(false);
        }

        _warm.Add(batch.Hours);
        instruments.InfluxLines.Add(batch.LineCount);
        instruments.InfluxBytes.Add(batch.Length);
        queue.Confirm(batch);
        batch.Dispose();
        return true;
    }

    public void Dispose() => _turns.Dispose();

    private async ValueTask<List<(int First, int Count)>> SendInTurnAsync(
        LineBatch batch, List<(int First, int Count)> ranges, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendAsync(batch, ranges, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    // Sends ranges of lines, and returns those that InfluxDB stored.
    private async ValueTask<List<(int First, int Count)>> SendAsync(LineBatch batch, List<(int First, int Count)> ranges, CancellationToken cancellationToken)
    {
        Stack<(int First, int Count)> open = new(ranges);
        List<(int First, int Count)> stored = [];
        while (open.TryPop(out (int First, int Count) lines))
        {
            if (await SendRangeAsync(batch, lines, open, cancellationToken).ConfigureAwait(false))
            {
                stored.Add(lines);
            }
        }

        return stored;
    }

    // One step: sends a range. Whether InfluxDB stored it; what is to be sent in halves is put back.
    private async ValueTask<bool> SendRangeAsync(
        LineBatch batch, (int First, int Count) lines, Stack<(int First, int Count)> open, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> body = batch.Lines(lines.First, lines.Count);

        // Parts and single lines get no line feeds behind them, which could make them too large.
        bool isWhole = lines.Count > 1 && lines.Count == batch.LineCount;
        WriteReply reply = await SendAsync(body, isWhole ? size.MaxBytes : 0, cancellationToken).ConfigureAwait(false);
        if (reply.Outcome == WriteOutcome.Stored)
        {
            size.Grow();
            return true;
        }

        if (reply.Outcome == WriteOutcome.TooLarge)
        {
            size.Shrink(body.Length);
        }

        bool allDropped = reply.Outcome == WriteOutcome.PartlyRefused && reply.Dropped >= lines.Count;
        if (lines.Count > 1 && !allDropped)
        {
            // The first half is sent first.
            int half = lines.Count / 2;
            open.Push((lines.First + half, lines.Count - half));
            open.Push((lines.First, half));
            return false;
        }

        while (!TryKeep(body, lines.Count, reply.Reason))
        {
            await Task.Delay(Backoff.Slow(Random.Shared.NextDouble), clock, cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    // Returns when the lines are stored, or refused for good.
    private async ValueTask<WriteReply> SendAsync(ReadOnlyMemory<byte> body, int maxBytes, CancellationToken cancellationToken)
    {
        Backoff backoff = new(Random.Shared.NextDouble);
        while (true)
        {
            (WriteReply reply, TimeSpan? retryAfter) = await TrySendAsync(body, maxBytes, backoff, cancellationToken).ConfigureAwait(false);
            if (retryAfter is not { } wait)
            {
                return reply;
            }

            await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    // One step: writes once. Returns when to try again; null when the reply is final.
    private async ValueTask<(WriteReply Reply, TimeSpan? RetryAfter)> TrySendAsync(
        ReadOnlyMemory<byte> body, int maxBytes, Backoff backoff, CancellationToken cancellationToken)
    {
        bool isTried = Volatile.Read(ref _creation) is { IsCompleted: true };
        WriteReply reply = await http.WriteAsync(body, maxBytes, cancellationToken).ConfigureAwait(false);
        instruments.InfluxWrites.Add(1, new KeyValuePair<string, object?>("outcome", reply.Outcome.ToString()));
        switch (reply.Outcome)
        {
            case WriteOutcome.Stored:
                Recover();
                return (reply, null);
            case WriteOutcome.PartlyRefused or WriteOutcome.Refused or WriteOutcome.TooLarge:
                return (reply, null);
            case WriteOutcome.NoDatabase when !isTried && await TryCreateAsync(cancellationToken).ConfigureAwait(false):
                return (reply, TimeSpan.Zero);
            case WriteOutcome.Unavailable:
                _warm.Clear();
                Report(reply.Reason);
                return (reply, backoff.Next(reply.RetryAfter));
            case WriteOutcome.Denied or WriteOutcome.NoDatabase or WriteOutcome.Misconfigured:
                Report(reply.Reason);
                return (reply, Backoff.Slow(Random.Shared.NextDouble));
            default:
                throw new InvalidOperationException($"{reply.Outcome} is no outcome.");
        }
    }

    // Only once, for writes that came before the database existed. A database that disappears later was dropped on purpose.
    private async ValueTask<bool> TryCreateAsync(CancellationToken cancellationToken)
    {
        if (!options.CreateDatabase || options.WriteApi != InfluxWriteApi.V1)
        {
            return false;
        }

        Task<bool> creation;
        lock (_lock)
        {
            creation = _creation ??= CreateAsync(cancellationToken);
        }

        return await creation.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> CreateAsync(CancellationToken cancellationToken)
    {
        string? fault = await http.CreateDatabaseAsync(cancellationToken).ConfigureAwait(false);
        if (fault is null)
        {
            LogCreated(options.Database);
        }
        else
        {
            LogNotCreated(options.Database, fault);
        }

        return fault is null;
    }

    private bool TryKeep(ReadOnlyMemory<byte> lines, int count, string reason)
    {
        try
        {
            deadLetters.Add(lines.Span, reason);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Report($"refused lines can't be kept: {fault.Message}");
            return false;
        }

        instruments.InfluxDeadLetters.Add(count);
        LogRefused(count, reason, deadLetters.Path);
        return true;
    }

    private void Report(string reason)
    {
        lock (_lock)
        {
            bool isNew = _fault is null || clock.GetElapsedTime(_logged) >= _repeatAfter;
            _fault = reason;
            if (!isNew)
            {
                return;
            }

            _logged = clock.GetTimestamp();
        }

        LogAway(reason);
    }

    private void Recover()
    {
        lock (_lock)
        {
            if (_fault is null)
            {
                return;
            }

            _fault = null;
        }

        LogBack();
    }

    [LoggerMessage(1101, LogLevel.Error, "InfluxDB accepts no samples: {Reason}. Samples stay in the WAL and are sent again.")]
    private partial void LogAway(string reason);

    [LoggerMessage(1102, LogLevel.Information, "InfluxDB accepts samples again.")]
    private partial void LogBack();

    [LoggerMessage(1103, LogLevel.Error, "InfluxDB refused {Lines} lines: {Reason}. They are not sent again. Correct them in {Path} and write them yourself.")]
    private partial void LogRefused(int lines, string reason, string path);

    [LoggerMessage(1104, LogLevel.Information, "The database {Database} was missing and was created.")]
    private partial void LogCreated(string database);

    [LoggerMessage(1105, LogLevel.Error, "The database {Database} is missing and cannot be created: {Reason}. Create it, or use an account that may.")]
    private partial void LogNotCreated(string database, string reason);
}
