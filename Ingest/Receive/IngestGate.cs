using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Receive;

/// <summary>Whether pushes are taken at all just now. Thread safe.</summary>
internal sealed class IngestGate(IHostApplicationLifetime lifetime, StoreApplier applier)
{
    /// <summary>Why no push is taken, or null.</summary>
    public IngestProblem? FindProblem()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return IngestProblem.Stopping;
        }

        return applier.WhyNotReady() is { } reason ? IngestProblem.Unavailable(reason) : null;
    }
}
