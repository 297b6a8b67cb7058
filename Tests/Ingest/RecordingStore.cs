using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Ingest;

/// <summary>A store that notes its batches, and holds back or fails when a test wants it. Thread safe.</summary>
internal class RecordingStore : ISampleStore
{
    private readonly Lock _lock = new();
    private readonly List<StoredBatch> _batches = [];
    private readonly List<string> _calls = [];
    private readonly List<Guid> _soughtIds = [];
    private readonly HashSet<(long Pcode, Guid Id)> _alerts = [];
    private long _storedThrough;
    private int _begunCount;

    /// <summary>Ids of alerts that the store finds when it is asked for them.</summary>
    public HashSet<Guid> Elsewhere { get; } = [];

    /// <summary>Why it is said to take no samples.</summary>
    public string? Fault { get; set; }

    /// <summary>What it says that an operator should know.</summary>
    public string? Notice { get; set; }

    public long NextNumber => 0;

    /// <summary>While set, nothing is said to be stored before it.</summary>
    public TaskCompletionSource? Unstored { get; set; }

    /// <summary>While set, writes wait for it.</summary>
    public TaskCompletionSource? Held { get; set; }

    /// <summary>How many writes were begun, whatever became of them.</summary>
    public int BegunCount => Volatile.Read(ref _begunCount);

    /// <summary>While set, writes fail.</summary>
    public bool Fails { get; set; }

    public LogPosition StoredThrough
    {
        get => new(Volatile.Read(ref _storedThrough));
        set => Volatile.Write(ref _storedThrough, value.Offset);
    }

    public IReadOnlyList<StoredBatch> Batches
    {
        get
        {
            lock (_lock)
            {
                return [.. _batches];
            }
        }
    }

    /// <summary>Through here the samples are said to be in the store.</summary>
    public LogPosition ConfirmedThrough { get; private set; }

    /// <summary>What came, in order: <c>unit 3 from 120</c> for a mark, <c>120+8</c> for a batch.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The ids that the store was asked for.</summary>
    public IReadOnlyList<Guid> SoughtIds
    {
        get
        {
            lock (_lock)
            {
                return [.. _soughtIds];
            }
        }
    }

    public async ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken)
    {
        TaskCompletionSource? held = Held;
        Interlocked.Increment(ref _begunCount);
        if (held is not null)
        {
            await held.Task.WaitAsync(cancellationToken);
        }

        if (Fails)
        {
            throw new IOException("The store fails.");
        }

        lock (_lock)
        {
            NoteCall(string.Create(CultureInfo.InvariantCulture, $"{batch.FirstNumber}+{batch.Samples.RowCount}"));
            ConfirmedThrough = Unstored is null ? end : ConfirmedThrough;
            _batches.Add(new StoredBatch(batch.Pcode, batch.FirstNumber, end.Offset, TextsOf(batch, Kind.Transaction, "service"), batch.Samples.RowCount));
            foreach (string id in TextsOf(batch, Kind.Alert, "id"))
            {
                _alerts.Add((batch.Pcode, Guid.Parse(id)));
            }
        }
    }

    public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>An empty store of the same sort.</summary>
    public virtual RecordingStore MakeEmpty() => new();

    public virtual bool HasAlert(long pcode, Guid id)
    {
        lock (_lock)
        {
            return _alerts.Contains((pcode, id));
        }
    }

    protected void NoteCall(string call)
    {
        lock (_lock)
        {
            _calls.Add(call);
        }
    }

    protected void NoteSought(IEnumerable<Guid> ids)
    {
        lock (_lock)
        {
            _soughtIds.AddRange(ids);
        }
    }

    private static string[] TextsOf(ValidBatch batch, Kind kind, string field)
    {
        if (batch.Find(kind) is not { } table)
        {
            return [];
        }

        TextColumn column = table.Texts(table.Schema.Ordinal(field));
        return [.. column.Codes.ToArray().Select(code => Encoding.UTF8.GetString(column.Symbols[code]))];
    }
}
