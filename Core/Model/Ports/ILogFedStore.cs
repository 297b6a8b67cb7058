using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Model.Ports;

/// <summary>
/// A store on another machine, which may be away for hours. It is fed from the log on disk, behind the responses: a push is answered when it is durable in the
/// log.
/// </summary>
public interface ILogFedStore : ISampleStore
{
    /// <summary>The greatest unit that the store knew when it was opened; −1 when there was none. The log's own marks may know greater ones.</summary>
    long LastUnit { get; }

    /// <summary>Through here the store has the samples, though it may not yet be done with them (see <see cref="ISampleStore.StoredThrough"/>).</summary>
    LogPosition ConfirmedThrough { get; }

    /// <summary>Why the store takes no samples just now; null when it does. Pushes are answered all the same.</summary>
    string? Fault { get; }

    /// <summary>Ends the unit of the batches since the mark before, and begins the next. Called in log order.</summary>
    /// <param name="end">The position behind the mark.</param>
    /// <param name="nextUnit">Number of the unit that begins.</param>
    /// <param name="nextNumber">Sequence number of the first sample behind the mark.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask MarkAsync(LogPosition end, long nextUnit, long nextNumber, CancellationToken cancellationToken);

    /// <summary>Completes when everything through a position is in the store, but for what it refuses for good.</summary>
    /// <returns>How many samples of the record that ends there the store has refused; null when that is not known any more.</returns>
    Task<int?> WaitStoredAsync(LogPosition through, CancellationToken cancellationToken);

    /// <summary>
    /// Those of the ids that the project has alerts of; null when the store can't be asked.
    /// Called before the batch gets its position in the log, from several threads.
    /// </summary>
    ValueTask<IReadOnlySet<Guid>?> FindAlertsAsync(long pcode, IReadOnlyList<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Tells the readers how far a node is: one try, apart from the samples.</summary>
    /// <returns>Whether the store has it.</returns>
    Task<bool> HeartbeatAsync(ulong node, NodeStatus status, CancellationToken cancellationToken);

    /// <summary>Finds what a node said last; null when it never said anything.</summary>
    /// <exception cref="StoreUnavailableException">The store gave no complete response.</exception>
    Task<NodeStatus?> FindHeartbeatAsync(ulong node, CancellationToken cancellationToken);

    /// <summary>Other machines have the alerts too, so the store has to be asked for them.</summary>
    bool ISampleStore.HasAlert(long pcode, Guid id) => false;
}

/// <summary>What a node says of itself in its heartbeat.</summary>
/// <param name="Through">What it answered 200 through here, in ms, is in the store.</param>
/// <param name="IsOpen">Whether it may have accepted more, or will.</param>
/// <param name="Instance">Random id of the process that says so; 0 in heartbeats of earlier versions.</param>
/// <param name="NextNumber">The sequence number behind all samples that it may have sent.</param>
/// <param name="At">When it said so, in ms by its own clock.</param>
public readonly record struct NodeStatus(long Through, bool IsOpen, ulong Instance, long NextNumber, long At);
