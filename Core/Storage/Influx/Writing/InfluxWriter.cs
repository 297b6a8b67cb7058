using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Alerts;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Core.Storage.Influx.Startup;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Writes samples from the log to InfluxDB, unit by unit. Several loops send lines. The log is trimmed only up to a mark whose unit is confirmed,
/// samples and rollups. A replay from there writes the same points again. <see cref="WriteAsync"/> and <see cref="MarkAsync"/> have one caller, in
/// log order, and wait while InfluxDB takes nothing; the rest is thread safe. <see cref="RunAsync"/> does the sending.
/// </summary>
public sealed partial class InfluxWriter : ILogFedStore, IDisposable
{
    // Batches in memory: enough to keep InfluxDB busy while more are encoded. An outage costs no more. Each has its own loop, since some wait for a retry.
    private const int BatchesInFlight = 8;

    // A batch is sent once it is three quarters of its age, looked at four times as often, so that none is older.
    private const int FlushSteps = 4;

    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(1);

    private readonly InfluxNode _node;
    private readonly InfluxOptions _options;
    private readonly AlertLookup? _alerts;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly InfluxHttp _http;
    private readonly NodePoint _point;
    private readonly DeadLetters _deadLetters;
    private readonly SendQueue _queue;
    private readonly AdaptiveBatchSize _size;
    private readonly LineSender _sender;
    private readonly UnitWriter _rollups;
    private readonly Channel<ClosedUnit> _closed = Channel.CreateBounded<ClosedUnit>(1);

    // Guards _open, _opened, _through and _unit: the writer and the flush by age take turns.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private LineBatch? _open;
    private long _opened;
    private LogPosition _through;
    private OpenUnit _unit;
    private long _storedThrough;
    private bool _failing;

    private InfluxWriter(
        InfluxNode node, StoreCheckpoint checkpoint, InfluxOptions options, Func<long, long> apdexThresholdMicroseconds, AlertLookup? alerts,
        TimeProvider clock, CoreInstruments instruments, ILogger logger)
    {
        _node = node;
        _options = options;
        _alerts = alerts;
        _clock = clock;
        _logger = logger;
        _http = new InfluxHttp(options, clock);
        _point = new NodePoint(_http, options, clock);
        _deadLetters = new DeadLetters(node, clock, checkpoint.Through);
        _queue = new SendQueue((long)options.BatchBytes * BatchesInFlight, checkpoint.Through);
        _size = new AdaptiveBatchSize(options.BatchBytes, clock);
        _sender = new LineSender(_http, _queue, _size, _deadLetters, new LineAges(node.RetentionOf, clock), clock, instruments, logger)
        {
            HasStored = checkpoint.Through > LogPosition.Start,
        };
        _rollups = new UnitWriter(_queue, _size, apdexThresholdMicroseconds, node.NodeOf);
        _unit = new OpenUnit(checkpoint.Unit);
        _through = checkpoint.Through;
        _storedThrough = checkpoint.Through.Offset;
        foreach (WriteOutcome outcome in Enum.GetValues<WriteOutcome>())
        {
            // From the start, so that a rate sees the first increase.
            instruments.InfluxWrites.Add(0, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        }

        LastUnit = checkpoint.Unit;
        NextNumber = checkpoint.NextNumber;
    }

    /// <inheritdoc/>
    public LogPosition StoredThrough => new(Volatile.Read(ref _storedThrough));

    /// <inheritdoc/>
    public LogPosition ConfirmedThrough => _queue.ConfirmedThrough;

    /// <inheritdoc/>
    public long LastUnit { get; }

    /// <inheritdoc/>
    public long NextNumber { get; }

    /// <inheritdoc/>
    public string? Fault => _sender.Fault?.Reason;

    /// <inheritdoc/>
    public string? Notice => _sender.Fault?.Outcome switch
    {
        null => null,
        WriteOutcome.LimitReached => "InfluxDB refuses samples for a limit or its retention. They wait in the WAL until it is raised.",
        WriteOutcome.TooLarge => "InfluxDB, or a proxy before it, refuses a sample as too large. Samples wait in the WAL until its limit is raised.",
        WriteOutcome.Denied => "InfluxDB refuses the account. Samples wait in the WAL.",
        WriteOutcome.NoDatabase or WriteOutcome.Misconfigured => "InfluxDB lacks the database or its retention policy. Samples wait in the WAL.",
        _ => "InfluxDB takes no samples now. They wait in the WAL.",
    };

    /// <summary>Opens the writer on a data directory: reads its checkpoint. InfluxDB need not be there.</summary>
    /// <param name="node">The data directory; the checkpoint is the file <c>influx</c>, refused lines go to <c>dead-letters/</c>.</param>
    /// <param name="options">Where InfluxDB is and how it is written to.</param>
    /// <param name="apdexThresholdMicroseconds">The apdex threshold of a project, with which rollups are counted.</param>
    /// <param name="alerts">Finds the alerts that InfluxDB has; null to leave repeats to the readers. The writer's from now on.</param>
    /// <param name="clock">Ages, delays and time-outs.</param>
    /// <param name="instruments">Counters.</param>
    /// <param name="logger">Gets outages and refused lines.</param>
    /// <exception cref="UnknownFormatException">The checkpoint is of another version or node.</exception>
    public static InfluxWriter Open(
        InfluxNode node, InfluxOptions options, Func<long, long> apdexThresholdMicroseconds, AlertLookup? alerts, TimeProvider clock,
        CoreInstruments instruments, ILogger logger) =>
        new(node, StoreCheckpoint.Read(node, instruments.Damage), options, apdexThresholdMicroseconds, alerts, clock, instruments, logger);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken)
    {
        if (end <= StoredThrough)
        {
            return;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ulong node = _node.NodeOf(batch.FirstNumber);
            LineEncoder encoder = new(node, _options.BatchLines, _size.MaxBytes);
            encoder.Begin(batch, _unit);
            while (!encoder.Continue(OpenBatch()))
            {
                OpenBatch().EndRecord(end);
                await SendOpenAsync(cancellationToken).ConfigureAwait(false);
            }

            OpenBatch().EndRecord(end);
            _unit.Add(batch);
            _through = end;
            if (OpenBatch() is { } open && (open.LineCount >= _options.BatchLines || open.Length >= _size.MaxBytes))
            {
                await SendOpenAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask MarkAsync(LogPosition end, long nextUnit, long nextNumber, CancellationToken cancellationToken)
    {
        if (end <= StoredThrough)
        {
            return;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _through = end;
            await SendOpenAsync(cancellationToken).ConfigureAwait(false);
            OpenUnit unit = IsAnothersToo(nextNumber) ? new OpenUnit(_unit.Number) : _unit;
            ClosedUnit closed = new(unit, _queue.Last, new StoreCheckpoint(end, nextUnit, nextNumber));
            await _closed.Writer.WriteAsync(closed, cancellationToken).ConfigureAwait(false);
            _unit = new OpenUnit(nextUnit);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<int?> WaitStoredAsync(LogPosition through, CancellationToken cancellationToken)
    {
        await _queue.WaitAsync(through, cancellationToken).ConfigureAwait(false);
        return _deadLetters.RefusedOf(through);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<Guid>?> FindAlertsAsync(long pcode, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        _alerts?.FindAsync(pcode, ids, cancellationToken) ?? new((IReadOnlySet<Guid>?)null);

    /// <inheritdoc/>
    public Task<bool> HeartbeatAsync(ulong node, NodeStatus status, CancellationToken cancellationToken) => _point.WriteAsync(node, status, cancellationToken);

    /// <inheritdoc/>
    public Task<NodeStatus?> FindHeartbeatAsync(ulong node, CancellationToken cancellationToken) => _point.FindAsync(node, cancellationToken);

    /// <summary>Sends, flushes by age and finishes units until cancelled: the host runs this beside its work.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> loops = [FlushAllAsync(all.Token), CloseAllAsync(all.Token)];
        for (int i = 0; i < BatchesInFlight; i++)
        {
            loops.Add(_sender.SendAllAsync(all.Token));
        }

        // A loop that fails ends the others, since the rest would wait without end.
        await Task.WhenAny(loops).ConfigureAwait(false);
        await all.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _open?.Dispose();
        _open = null;
        _deadLetters.Leave();
        _sender.Dispose();
        _point.Dispose();
        _http.Dispose();
        _alerts?.Dispose();
        _gate.Dispose();
    }

    // The unit was open when the directory was copied. The original machine may have added samples to it, so this node must not write its rollup.
    // Readers read the unit raw until the original machine writes the rollup.
    private bool IsAnothersToo(long nextNumber) => _node.NodeOf(nextNumber) != _node.NodeOf(nextNumber - 1);

    private LineBatch OpenBatch()
    {
        if (_open is null)
        {
            _open = new LineBatch(_size.MaxBytes);
            _opened = _clock.GetTimestamp();
        }

        return _open;
    }

    private async ValueTask SendOpenAsync(CancellationToken cancellationToken)
    {
        if (_open is { LineCount: > 0 } open)
        {
            open.Through = _through;
            await _queue.AddAsync(open, cancellationToken).ConfigureAwait(false);
            _open = null;
        }
    }

    private async Task FlushAllAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(_options.FlushAge / FlushSteps, _clock);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            await FlushDueAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // One step: sends the open batch when it is old enough.
    private async ValueTask FlushDueAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_clock.GetElapsedTime(_opened) >= _options.FlushAge * (FlushSteps - 1) / FlushSteps)
            {
                await SendOpenAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        while (await _closed.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            await CloseNextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One step: finishes the unit that was closed first. False when none waits. For one caller at a time.</summary>
    internal async ValueTask<bool> CloseNextAsync(CancellationToken cancellationToken)
    {
        if (!_closed.Reader.TryRead(out ClosedUnit? closed))
        {
            return false;
        }

        // Only now: a rollup must not be visible before its samples, nor overtake the lines that mark it as incomplete.
        await _queue.WaitAsync(closed.LastLines, cancellationToken).ConfigureAwait(false);
        await _rollups.WriteAsync(closed.Unit, cancellationToken).ConfigureAwait(false);
        while (!TryKeep(closed.Checkpoint))
        {
            await Task.Delay(_retryPeriod, _clock, cancellationToken).ConfigureAwait(false);
        }

        Volatile.Write(ref _storedThrough, closed.Checkpoint.Through.Offset);
        return true;
    }

    private bool TryKeep(StoreCheckpoint checkpoint)
    {
        try
        {
            checkpoint.Write(_node);
            _failing = false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
            {
                LogFault(fault);
            }

            _failing = true;
        }

        return !_failing;
    }

    [LoggerMessage(1106, LogLevel.Error, "The checkpoint cannot be written, so the WAL keeps what InfluxDB has and grows. Check the disk. Retrying.")]
    private partial void LogFault(Exception fault);
}

/// <summary>The node that a data directory belongs to.</summary>
/// <param name="Files">The disk.</param>
/// <param name="Directory">The data directory.</param>
/// <param name="Id">The id that files of the directory carry.</param>
public sealed record InfluxNode(IFileSystem Files, string Directory, ulong Id)
{
    /// <summary>The node that a sample belongs to in InfluxDB, by its sequence number. A copied directory has others than <see cref="Id"/>.</summary>
    public Func<long, ulong> NodeOf { get; init; } = _ => Id;

    /// <summary>How long samples of a kind are kept; null means no limit.</summary>
    public Func<Kind, TimeSpan?> RetentionOf { get; init; } = _ => null;
}
