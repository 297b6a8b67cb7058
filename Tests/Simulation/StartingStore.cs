using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Tests.Simulation;

/// <summary>A store that recovery writes to through another one, until the host has started.</summary>
internal sealed class StartingStore(ISampleStore store, Func<ISampleStore, ISampleStore> whileStarting) : ISampleStore
{
    private readonly ISampleStore _whileStarting = whileStarting(store);

    public bool HasStarted { get; set; }

    public LogPosition StoredThrough => store.StoredThrough;

    public long NextNumber => store.NextNumber;

    public string? NotReadyReason => store.NotReadyReason;

    public ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken) =>
        (HasStarted ? store : _whileStarting).WriteAsync(batch, end, cancellationToken);

    public bool HasAlert(long pcode, Guid id) => store.HasAlert(pcode, id);

    public long ReportStrays(bool logIsWhole) => store.ReportStrays(logIsWhole);

    public void RemoveStrays() => store.RemoveStrays();

    public Task RunAsync(CancellationToken cancellationToken) => store.RunAsync(cancellationToken);
}
