using Microsoft.Extensions.Logging;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>
/// Sends batches of lines until InfluxDB has each line or has refused it for good, and then confirms the batch. The same bytes are sent again as often as need be:
/// they make the same points. Several loops may run side by side.
/// </summary>
internal sealed partial class LineSender(
    InfluxHttp http, InfluxOptions options, SendQueue queue, WriteSize size, DeadLetters deadLetters, TimeProvider clock, CoreInstruments instruments, ILogger logger)
{
    // What wants a human is told again after this time.
    private static readonly TimeSpan _repeatAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private string? _fault;
    private long _told;
    private bool _triedToCreate;

    /// <summary>Why InfluxDB takes no lines just now; null when it does.</summary>
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
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (LineBatch batch in queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await SendAsync(batch, cancellationToken).ConfigureAwait(false);
            instruments.InfluxLines.Add(batch.LineCount);
            instruments.InfluxBytes.Add(batch.Length);
            queue.Confirm(batch);
            batch.Dispose();
        }
    }

    private async ValueTask SendAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        Stack<(int First, int Count)> open = new([(0, batch.LineCount)]);
        while (open.TryPop(out (int First, int Count) lines))
        {
            ReadOnlyMemory<byte> body = batch.Lines(lines.First, lines.Count);
            WriteReply reply = await SendAsync(body, cancellationToken).ConfigureAwait(false);
            if (reply.Outcome == WriteOutcome.Stored)
            {
                size.Grow();
                continue;
            }

            if (reply.Outcome == WriteOutcome.TooLarge)
            {
                size.Shrink(body.Length);
            }

            bool allDropped = reply.Outcome == WriteOutcome.PartlyRefused && reply.Dropped >= lines.Count;
            if (lines.Count == 1 || allDropped)
            {
                await KeepAsync(body, lines.Count, reply.Reason, cancellationToken).ConfigureAwait(false);
                continue;
            }

            // The first half is sent first.
            int half = lines.Count / 2;
            open.Push((lines.First + half, lines.Count - half));
            open.Push((lines.First, half));
        }
    }

    // Returns when the lines are stored, or refused so that sending the same again is of no use.
    private async ValueTask<WriteReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Backoff backoff = new(Random.Shared.NextDouble);
        while (true)
        {
            WriteReply reply = await http.WriteAsync(body, cancellationToken).ConfigureAwait(false);
            instruments.InfluxWrites.Add(1, new KeyValuePair<string, object?>("outcome", reply.Outcome.ToString()));
            switch (reply.Outcome)
            {
                case WriteOutcome.Stored:
                    Recover();
                    return reply;
                case WriteOutcome.PartlyRefused or WriteOutcome.Refused or WriteOutcome.TooLarge:
                    return reply;
                case WriteOutcome.NoDatabase when await TryCreateAsync(cancellationToken).ConfigureAwait(false):
                    continue;
                case WriteOutcome.Unavailable:
                    Tell(reply.Reason);
                    await Task.Delay(backoff.Next(reply.RetryAfter), clock, cancellationToken).ConfigureAwait(false);
                    break;
                case WriteOutcome.Denied or WriteOutcome.NoDatabase or WriteOutcome.Misconfigured:
                    Tell(reply.Reason);
                    await Task.Delay(Backoff.Slow(Random.Shared.NextDouble), clock, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    throw new InvalidOperationException($"{reply.Outcome} is no outcome.");
            }
        }
    }

    // Once: a database that went away while we ran was dropped by someone, who is not to be worked against.
    private async ValueTask<bool> TryCreateAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_triedToCreate || !options.CreateDatabase || options.WriteApi != InfluxWriteApi.V1)
            {
                return false;
            }

            _triedToCreate = true;
        }

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

    private async ValueTask KeepAsync(ReadOnlyMemory<byte> lines, int count, string reason, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                deadLetters.Add(lines.Span, reason);
                instruments.InfluxDeadLetters.Add(count);
                LogRefused(count, reason, deadLetters.Path);
                return;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                Tell($"refused lines can't be kept: {fault.Message}");
            }

            await Task.Delay(Backoff.Slow(Random.Shared.NextDouble), clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Tell(string reason)
    {
        lock (_lock)
        {
            bool isNew = _fault is null || clock.GetElapsedTime(_told) >= _repeatAfter;
            _fault = reason;
            if (!isNew)
            {
                return;
            }

            _told = clock.GetTimestamp();
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

    [LoggerMessage(1101, LogLevel.Error, "InfluxDB takes no samples: {Reason}. They stay in the log and are sent again.")]
    private partial void LogAway(string reason);

    [LoggerMessage(1102, LogLevel.Information, "InfluxDB takes samples again.")]
    private partial void LogBack();

    [LoggerMessage(1103, LogLevel.Error, "InfluxDB refused {Lines} lines for good: {Reason}. They are kept in {Path}.")]
    private partial void LogRefused(int lines, string reason, string path);

    [LoggerMessage(1104, LogLevel.Information, "The database {Database} was missing and has been made.")]
    private partial void LogCreated(string database);

    [LoggerMessage(1105, LogLevel.Error, "The database {Database} is missing and can't be made: {Reason}.")]
    private partial void LogNotCreated(string database, string reason);
}
