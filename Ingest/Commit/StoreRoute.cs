using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Ingest.Commit;

/// <summary>How durable batches reach the store: from memory, each as it was committed, or from the log.</summary>
/// <param name="Store">The store.</param>
/// <param name="LogFed">The same store when the log feeds it; else null.</param>
internal sealed record StoreRoute(ISampleStore Store, ILogFedStore? LogFed);
