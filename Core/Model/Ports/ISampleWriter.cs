using System.Collections.Frozen;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Model.Ports;

/// <summary>Where durable batches go: the embedded store or InfluxDB. Batches come one at a time, in log order.</summary>
public interface ISampleWriter
{
    /// <summary>Whether batches come from memory or from the log.</summary>
    StoreFeed Feed => StoreFeed.Memory;

    /// <summary>
    /// Takes a batch that is durable in the log through <paramref name="end"/>. The batch is the caller's again when the task completes.
    /// Waits while the store can't take more; throws when it can't be written at all.
    /// </summary>
    ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the unit of the batches since the mark before, and begins the next. Called in log order, with the place of a mark in the log,
    /// and only for a store that is fed from the log.
    /// </summary>
    /// <param name="end">The place behind the mark.</param>
    /// <param name="nextUnit">Number of the unit that begins.</param>
    /// <param name="nextNumber">Sequence number of the first sample behind the mark.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask MarkAsync(LogPosition end, long nextUnit, long nextNumber, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Through here the store has the samples, though it may not yet be done with them (see <see cref="StoredThrough"/>).</summary>
    LogPosition ConfirmedThrough => StoredThrough;

    /// <summary>Completes when everything through a position is in the store; at once for a store fed from memory.</summary>
    Task WaitStoredAsync(LogPosition through, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Through here everything is durable in the store itself, so the log may forget it. Replay starts here.</summary>
    LogPosition StoredThrough { get; }

    /// <summary>Whether the project has an alert of this id, for a store that knows without waiting; else false (see <see cref="FindAlertsAsync"/>).</summary>
    bool HasAlert(long pcode, Guid id);

    /// <summary>
    /// Those of the ids that the project has alerts of, for a store that has to ask another machine; else, and when that one can't be asked, none.
    /// Called before the batch gets its place in the log, from several threads.
    /// </summary>
    ValueTask<IReadOnlySet<Guid>> FindAlertsAsync(long pcode, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) => new(FrozenSet<Guid>.Empty);
}
