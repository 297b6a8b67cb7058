using TimeSeries.Ingest.Pipeline;

namespace TimeSeries.Ingest.Endpoint;

/// <summary>Whether pushes are taken at all just now. Thread safe.</summary>
internal sealed class PushGate(IHostApplicationLifetime lifetime, StoreApplier applier)
{
    /// <summary>Why no push is taken, or null.</summary>
    public PushRefusal? WhyClosed()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return PushRefusal.Stopping;
        }

        return applier.WhyNotReady() is { } reason ? PushRefusal.Unavailable(reason) : null;
    }
}
