using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Recovery;

/// <summary>
/// Decides, once log, keys and store were read, whether the start goes on with what is whole (<see cref="StorageOptions.OnLoss"/>). Only then are files put
/// aside that nothing explains.
/// </summary>
internal sealed class DamagePolicy(ISampleStore store, SequencedLog log, StorageOptions options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        DamageRegister register = log.Log.Register;
        bool logIsWhole = !register.Found.Any(damage => damage.File == StoredFile.Wal);

        // The command repair may take those files back, so their numbers are not used again.
        log.SkipTo(store.ReportStrays(logIsWhole) + 1);
        if (options.OnLoss == LossAction.Stop && register.Found is { Count: > 0 } found)
        {
            throw new StartRefusedException(
                "Damage was found, and Storage:OnLoss is stop:"
                    + string.Concat(found.Select(damage => $"{Environment.NewLine}  {damage.Path} at offset {damage.Offset}: {damage.Reason}. {damage.Loss}")));
        }

        store.RemoveStrays();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
