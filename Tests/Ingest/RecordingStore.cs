using System.Text;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Ingest;

/// <summary>A store that notes what it is given, and holds back or fails when it is told to. Thread safe.</summary>
internal sealed class RecordingStore : ISampleWriter
{
    private readonly Lock _lock = new();
    private readonly List<StoredBatch> _batches = [];
    private readonly HashSet<(long Pcode, Guid Id)> _alerts = [];
    private long _storedThrough;

    /// <summary>While set, writes wait for it.</summary>
    public TaskCompletionSource? Held { get; set; }

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

    public async ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken)
    {
        if (Held is { } held)
        {
            await held.Task.WaitAsync(cancellationToken);
        }

        if (Fails)
        {
            throw new IOException("The store fails.");
        }

        lock (_lock)
        {
            _batches.Add(new StoredBatch(batch.Pcode, batch.FirstNumber, end.Offset, TextsOf(batch, Kind.Transaction, "service"), batch.Samples.RowCount));
            foreach (string id in TextsOf(batch, Kind.Alert, "id"))
            {
                _alerts.Add((batch.Pcode, Guid.Parse(id)));
            }
        }
    }

    public bool HasAlert(long pcode, Guid id)
    {
        lock (_lock)
        {
            return _alerts.Contains((pcode, id));
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
