namespace TimeSeries.Core.Model;

/// <summary>Where durable batches go: the embedded store or InfluxDB. Batches come one at a time, in log order.</summary>
public interface ISampleWriter
{
    /// <summary>
    /// Takes a batch that is durable in the log through <paramref name="end"/>. The batch is the caller's again when the task completes.
    /// Waits while the store can't take more; throws when it can't be written at all.
    /// </summary>
    ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken);

    /// <summary>Through here everything is durable in the store itself, so the log may forget it. Replay starts here.</summary>
    LogPosition StoredThrough { get; }

    /// <summary>Whether the project has an alert of this id.</summary>
    bool HasAlert(long pcode, Guid id);
}
