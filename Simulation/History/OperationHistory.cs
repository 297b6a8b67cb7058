namespace TimeSeries.Simulation.History;

/// <summary>
/// Records what many clients do at one time, in the order in which it happens: the beginning of an operation is noted before it is sent, its end when its
/// response is there. Thread safe.
/// </summary>
internal sealed class OperationHistory
{
    private readonly Lock _gate = new();
    private readonly List<HistoryEvent> _events = [];
    private int _operations;

    /// <summary>Everything so far, in order.</summary>
    public HistoryEvent[] Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>A value is sent. Returns the operation.</summary>
    public int BeginWrite(string key, long value) => Begin(HistoryEventKind.WriteBegins, key, value);

    /// <summary>A value is acknowledged.</summary>
    public void Acknowledge(int operation, string key, long value) => Add(new HistoryEvent(HistoryEventKind.WriteAcknowledged, operation, key, value));

    /// <summary>A query is sent. Returns the operation.</summary>
    public int BeginRead() => Begin(HistoryEventKind.ReadBegins, "", 0);

    /// <summary>A result is there.</summary>
    public void EndRead(int operation, IReadOnlyDictionary<string, SeenValues> seen) =>
        Add(new HistoryEvent(HistoryEventKind.ReadEnds, operation, "", 0) { Seen = seen });

    /// <summary>A host that is there gave no result.</summary>
    public void FailRead(int operation, string fault) => Add(new HistoryEvent(HistoryEventKind.ReadFails, operation, "", 0) { Fault = fault });

    private int Begin(HistoryEventKind kind, string key, long value)
    {
        lock (_gate)
        {
            int operation = _operations++;
            _events.Add(new HistoryEvent(kind, operation, key, value));
            return operation;
        }
    }

    private void Add(HistoryEvent moment)
    {
        lock (_gate)
        {
            _events.Add(moment);
        }
    }
}
