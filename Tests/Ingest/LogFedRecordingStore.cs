using System.Collections.Concurrent;
using System.Globalization;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Tests.Ingest;

/// <summary>A <see cref="RecordingStore"/> that is fed from the log. Thread safe.</summary>
internal sealed class LogFedRecordingStore : RecordingStore, ILogFedStore
{
    public long LastUnit => -1;

    /// <summary>What nodes said last.</summary>
    public ConcurrentDictionary<ulong, NodeStatus> Heartbeats { get; } = [];

    /// <summary>Whether what it had is gone.</summary>
    public bool IsDropped { get; set; }

    /// <summary>Why nothing can be read from it.</summary>
    public StoreUnavailableException? Away { get; set; }

    /// <summary>How many samples of a record it has refused; null when it does not know.</summary>
    public int? Refused { get; set; } = 0;

    public ValueTask MarkAsync(LogPosition end, long nextUnit, long nextNumber, CancellationToken cancellationToken)
    {
        NoteCall(string.Create(CultureInfo.InvariantCulture, $"unit {nextUnit} from {nextNumber}"));
        return ValueTask.CompletedTask;
    }

    public async Task<int?> WaitStoredAsync(LogPosition through, CancellationToken cancellationToken)
    {
        await (Unstored?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask);
        return Refused;
    }

    public ValueTask<IReadOnlySet<Guid>?> FindAlertsAsync(long pcode, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        NoteSought(ids);
        return new(Away is null ? ids.Where(id => Elsewhere.Contains(id) || (!IsDropped && base.HasAlert(pcode, id))).ToHashSet() : null);
    }

    public Task<bool> HeartbeatAsync(ulong node, NodeStatus status, CancellationToken cancellationToken)
    {
        Heartbeats[node] = status;
        return Task.FromResult(true);
    }

    public Task<NodeStatus?> FindHeartbeatAsync(ulong node, CancellationToken cancellationToken) =>
        Away is { } fault ? throw fault : Task.FromResult(Heartbeats.TryGetValue(node, out NodeStatus status) ? status : (NodeStatus?)null);

    public override RecordingStore MakeEmpty() => new LogFedRecordingStore();

    public override bool HasAlert(long pcode, Guid id) => false;
}
