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
    InfluxHttp http, SendQueue queue, AdaptiveBatchSize size, DeadLetters deadLetters, LineAges ages, TimeProvider clock,
    CoreInstruments instruments, ILogger logger) : IDisposable
{
    // More concurrent writes make a server of few cores no faster.
    private const int MaxWrites = 3;

    // A shard's cache is made in microseconds; on a crowded machine the thread that makes it can be kept waiting for some hundred milliseconds.
    internal static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);

    private readonly WarmShards _warm = new(clock);
    private readonly SemaphoreSlim _turns = new(MaxWrites, MaxWrites);

    // Guards _refusals and the start of _creation.
    private readonly Lock _lock = new();
    private readonly SendFaults _faults = new(clock, logger);
    private readonly LogPeriods _refusals = new(clock);
    private Task<bool>? _creation;
    private volatile bool _hasStored;

    /// <summary>Whether an earlier process has stored lines: then a database that is missing was dropped, and is not created.</summary>
    public bool HasStored
    {
        init => _hasStored = value;
    }

    /// <summary>Why InfluxDB accepts no lines now, or not all; null when it does.</summary>
    public WriteReply? Fault => _faults.Last;

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
            await Task.Delay(WarmUp, clock, cancellationToken).ConfigureAwait(false);
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
        (WriteReply reply, Verdict verdict) = await SendUntilFinalAsync(batch, lines, cancellationToken).ConfigureAwait(false);
        if (verdict == Verdict.Stored)
        {
            size.Grow();
            return true;
        }

        if (verdict == Verdict.Halve)
        {
            // The first half is sent first.
            int half = lines.Count / 2;
            open.Push((lines.First + half, lines.Count - half));
            open.Push((lines.First, half));
            return false;
        }

        while (!TryKeep(batch, lines, reply.Reason))
        {
            await Task.Delay(Backoff.Slow(Random.Shared.NextDouble), clock, cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    // Returns when the lines are stored, refused for good, or to be sent in halves.
    private async ValueTask<(WriteReply Reply, Verdict Verdict)> SendUntilFinalAsync(
        LineBatch batch, (int First, int Count) lines, CancellationToken cancellationToken)
    {
        Backoff backoff = new(Random.Shared.NextDouble);
        while (true)
        {
            WriteReply reply = await WriteAsync(batch, lines, cancellationToken).ConfigureAwait(false);
            Verdict verdict = Judge(reply, batch, lines);
            if (verdict != Verdict.Hold)
            {
                _faults.Release(batch);
                return (reply, verdict);
            }

            if (reply.Outcome == WriteOutcome.Unavailable)
            {
                _warm.Clear();
            }

            _faults.Hold(batch, reply);
            TimeSpan wait = reply.Outcome == WriteOutcome.Unavailable ? backoff.Next(reply.RetryAfter) : Backoff.Slow(Random.Shared.NextDouble);
            await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<WriteReply> WriteAsync(LineBatch batch, (int First, int Count) lines, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> body = batch.Lines(lines.First, lines.Count);

        // Parts and single lines get no line feeds behind them, which could make them too large.
        bool isWhole = lines.Count > 1 && lines.Count == batch.LineCount;
        bool isTried = Volatile.Read(ref _creation) is { IsCompleted: true };
        WriteReply reply = await http.WriteAsync(body, isWhole ? size.MaxBytes : 0, cancellationToken).ConfigureAwait(false);
        Count(reply);
        _hasStored |= reply.Outcome == WriteOutcome.Stored;
        if (reply.Outcome == WriteOutcome.NoDatabase && !_hasStored && !isTried && await TryCreateAsync(cancellationToken).ConfigureAwait(false))
        {
            reply = await http.WriteAsync(body, isWhole ? size.MaxBytes : 0, cancellationToken).ConfigureAwait(false);
            Count(reply);
        }

        if (reply.Outcome == WriteOutcome.TooLarge)
        {
            size.Shrink(body.Length);
        }

        return reply;
    }

    private void Count(WriteReply reply) => instruments.InfluxWrites.Add(1, new KeyValuePair<string, object?>("outcome", reply.Outcome.ToString()));

    // What becomes of lines. A line alone that is too large waits for an operator, since every limit of a size can be raised.
    private Verdict Judge(WriteReply reply, LineBatch batch, (int First, int Count) lines) => reply.Outcome switch
    {
        WriteOutcome.Stored => Verdict.Stored,
        WriteOutcome.PartlyRefused when reply.Dropped >= lines.Count => Verdict.Keep,
        WriteOutcome.PartlyRefused or WriteOutcome.Refused => lines.Count > 1 ? Verdict.Halve : Verdict.Keep,
        WriteOutcome.LimitReached => reply.Dropped >= lines.Count || lines.Count == 1 ? JudgeLimit(batch, lines) : Verdict.Halve,
        WriteOutcome.TooLarge => lines.Count > 1 ? Verdict.Halve : Verdict.Hold,
        WriteOutcome.Unavailable or WriteOutcome.Denied or WriteOutcome.NoDatabase or WriteOutcome.Misconfigured => Verdict.Hold,
        _ => throw new InvalidOperationException($"{reply.Outcome} is no outcome."),
    };

    // A limit refuses all of the lines. Those past their retention need not wait for an operator, who may lift it too late.
    private Verdict JudgeLimit(LineBatch batch, (int First, int Count) lines)
    {
        int expired = ages.CountExpired(batch, lines);
        return expired == lines.Count ? Verdict.Keep : expired == 0 ? Verdict.Hold : Verdict.Halve;
    }

    // Only once, for writes that came before the database existed. A database that disappears later was dropped on purpose.
    private async ValueTask<bool> TryCreateAsync(CancellationToken cancellationToken)
    {
        if (!http.Options.CreateDatabase || http.Options.WriteApi != InfluxWriteApi.V1)
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
            LogCreated(http.Options.Database);
        }
        else
        {
            LogNotCreated(http.Options.Database, fault);
        }

        return fault is null;
    }

    private bool TryKeep(LineBatch batch, (int First, int Count) lines, string reason)
    {
        try
        {
            deadLetters.Add(batch, lines, reason);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _faults.Hold(batch, new WriteReply(WriteOutcome.Refused, $"refused lines can't be kept: {fault.Message}"));
            return false;
        }

        _faults.Release(batch);
        instruments.InfluxDeadLetters.Add(lines.Count);
        LogRefused(lines.Count, reason);
        return true;
    }

    // Behind the first quote is what differs from line to line.
    private void LogRefused(int count, string reason)
    {
        int quote = reason.AsSpan().IndexOfAny('"', '\'');
        long total;
        lock (_lock)
        {
            if (!_refusals.Begins(quote < 0 ? reason : reason[..quote], count, out total))
            {
                return;
            }
        }

        LogRefused(total, reason, deadLetters.Path);
    }

    [LoggerMessage(1103, LogLevel.Error, "InfluxDB refused {Lines} lines: {Reason}. They are not sent again. Correct them in {Path} and write them yourself.")]
    private partial void LogRefused(long lines, string reason, string path);

    [LoggerMessage(1104, LogLevel.Information, "The database {Database} was missing and was created.")]
    private partial void LogCreated(string database);

    [LoggerMessage(1105, LogLevel.Error, "The database {Database} is missing and cannot be created: {Reason}. Create it, or use an account that may.")]
    private partial void LogNotCreated(string database, string reason);

    private enum Verdict : byte
    {
        /// <summary>InfluxDB has the lines.</summary>
        Stored,

        /// <summary>Halves show which lines are meant.</summary>
        Halve,

        /// <summary>The lines can't be stored: they are kept as dead letters.</summary>
        Keep,

        /// <summary>The same lines are sent again later.</summary>
        Hold,
    }
}
