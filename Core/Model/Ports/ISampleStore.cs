using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Model.Ports;

/// <summary>
/// Where durable batches go. Batches come one at a time, in log order: from memory as each was committed, or from the log
/// (<see cref="ILogFedStore"/>). A push is answered when a store fed from memory has taken it.
/// </summary>
public interface ISampleStore
{
    /// <summary>Through here everything is durable in the store itself, so the log may forget it. Replay starts here.</summary>
    LogPosition StoredThrough { get; }

    /// <summary>The sequence number behind everything the store had when it was opened.</summary>
    long NextNumber { get; }

    /// <summary>Why the host isn't ready on account of the store; null when it is.</summary>
    string? NotReadyReason => null;

    /// <summary>What an operator should know of the store though the host is ready: a sentence that gives nothing away; null when all is well.</summary>
    string? Notice => null;

    /// <summary>
    /// Reports the store's own files that may hold samples which are nowhere else, though nothing says that they belong to it. Called once, when the log was
    /// read.
    /// </summary>
    /// <param name="logIsWhole">Whether the log has everything behind <see cref="StoredThrough"/>.</param>
    /// <returns>The greatest sequence number in them; −1 when there are none.</returns>
    long ReportStrays(bool logIsWhole) => -1;

    /// <summary>Puts those files aside, and deletes what is known to be left over.</summary>
    void RemoveStrays()
    {
    }

    /// <summary>
    /// Takes a batch that is durable in the log through <paramref name="end"/>. The batch is the caller's again when the task completes.
    /// Waits while the store can't take more; throws when it can't be written at all.
    /// </summary>
    ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the project has an alert of this id, for a store that knows without waiting; else false (see <see cref="ILogFedStore.FindAlertsAsync"/>).
    /// </summary>
    bool HasAlert(long pcode, Guid id);

    /// <summary>Does the store's own work until cancelled: the host runs this beside its own.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
