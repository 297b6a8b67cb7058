using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Maintenance;

namespace TimeSeries.Simulation.Node;

/// <summary>
/// The store while the log is read at a start. Where a host's seals run beside the recovery, here they run within the write that waits for them, so that every
/// run is the same.
/// </summary>
internal sealed class RecoveryStore(EmbeddedStore store, VirtualClock clock) : ISampleStore
{
    // A disk that is full for half a minute is not about to get room: a start would hang, so the simulation ends it.
    private const int MaxTries = 30;

    // In real time, for a step that needs microseconds.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    public LogPosition StoredThrough => store.StoredThrough;

    public long NextNumber => store.NextNumber;

    public ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken)
    {
        Task write = store.WriteAsync(batch, end, cancellationToken).AsTask();
        for (int tries = 0; !write.IsCompleted; tries++)
        {
            if (tries == MaxTries)
            {
                throw new IOException("The store can't seal, so the recovery waits.");
            }

            MaintenanceStep step = store.Maintenance.SealNext(CancellationToken.None);
            clock.Advance(step.Wait);
            if (step.Result == MaintenanceResult.Done)
            {
                write.Wait(_longest, cancellationToken);
            }
        }

        return new ValueTask(write);
    }

    public bool HasAlert(long pcode, Guid id) => store.HasAlert(pcode, id);

    public Task RunAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Maintenance is stepped here.");
}
