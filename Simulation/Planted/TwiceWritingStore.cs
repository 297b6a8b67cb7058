using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Simulation.Planted;

/// <summary>A store that takes every batch twice.</summary>
internal sealed class TwiceWritingStore(ISampleStore store) : ISampleStore
{
    public LogPosition StoredThrough => store.StoredThrough;

    public long NextNumber => store.NextNumber;

    public async ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken)
    {
        await store.WriteAsync(batch, end, cancellationToken);
        await store.WriteAsync(batch, end, cancellationToken);
    }

    public bool HasAlert(long pcode, Guid id) => store.HasAlert(pcode, id);

    public long ReportStrays(bool logIsWhole) => store.ReportStrays(logIsWhole);

    public void RemoveStrays() => store.RemoveStrays();

    public Task RunAsync(CancellationToken cancellationToken) => store.RunAsync(cancellationToken);
}
