using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Alerts;

namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>
/// The samples that are in memory only (and in the log): a table per project and kind. One writer; any thread that holds it reads through the
/// tables' views. Its arrays go back to the pool when the last holder lets go.
/// </summary>
internal sealed class Head
{
    // An id with its row, and the room that a growing table keeps free.
    private const int AlertBytes = 72;

    private readonly ConcurrentDictionary<(long Pcode, Kind Kind), HeadTable> _tables = new();
    private readonly Dictionary<(long Pcode, Guid Id), int> _alerts = new(IdComparer.Instance);
    private readonly HashSet<(long Pcode, Guid Id)> _repeatedAlerts = new(IdComparer.Instance);

    // Guards the ids of alerts, which ingest and lists ask for while the writer adds.
    private readonly Lock _alertGate = new();

    private readonly LargeArrayPool _pool;
    private readonly Dictionary<(long Pcode, Kind Kind), HeadTableSizes> _expected = [];
    private int _holders = 1;

    /// <param name="pool">Where arrays come from and go back to.</param>
    /// <param name="before">The head before, which tells what to expect.</param>
    public Head(LargeArrayPool pool, Head? before = null)
    {
        _pool = pool;
        foreach (((long, Kind) key, HeadTable table) in before?._tables ?? [])
        {
            _expected[key] = table.Sizes();
        }
    }

    public long RowCount { get; private set; }

    public long AllocatedBytes { get; private set; }

    /// <summary>The log position through which batches were taken.</summary>
    public LogPosition End { get; private set; }

    /// <summary>The greatest sequence number taken; −1 when there is none.</summary>
    public long GreatestNumber { get; private set; } = -1;

    /// <summary>The clock's reading when the first batch came; meaningless while there is no row.</summary>
    public long FirstArrival { get; private set; }

    /// <summary>The tables of a kind, by project. For a head that is written no more.</summary>
    public HeadTable[] TablesOf(Kind kind)
    {
        List<HeadTable> tables = [];
        foreach (HeadTable table in _tables.Values)
        {
            if (table.Schema.Kind == kind)
            {
                tables.Add(table);
            }
        }

        tables.Sort((left, right) => left.Pcode.CompareTo(right.Pcode));
        return [.. tables];
    }

    /// <summary>Whether there are samples of any project but this one.</summary>
    public bool HasOthersThan(long? pcode) => _tables.Keys.Any(table => table.Pcode != pcode);

    /// <summary>Takes hold of the head, so that its memory stays. False when it is gone already.</summary>
    public bool TryPin()
    {
        while (true)
        {
            int holders = Volatile.Read(ref _holders);
            if (holders == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
            {
                return true;
            }
        }
    }

    /// <summary>Lets go. The last holder gives the memory back.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return;
        }

        // Before the arrays come back: they count as what the next round may need.
        _pool.EndRound();
        foreach (HeadTable table in _tables.Values)
        {
            table.Release();
        }
    }

    /// <summary>Gives up what only the writer needs, once it has written its last.</summary>
    public void Freeze()
    {
        foreach (HeadTable table in _tables.Values)
        {
            table.Freeze();
        }
    }

    public bool TryFind(long pcode, Kind kind, [NotNullWhen(true)] out HeadTable? table) => _tables.TryGetValue((pcode, kind), out table);

    public bool HasAlert(long pcode, Guid id)
    {
        lock (_alertGate)
        {
            return _alerts.ContainsKey((pcode, id));
        }
    }

    /// <summary>The row of an alert in its project's table, −1 when there is none; null when several alerts have the id.</summary>
    public int? FindAlert(long pcode, Guid id)
    {
        lock (_alertGate)
        {
            return _repeatedAlerts.Contains((pcode, id)) ? null : _alerts.GetValueOrDefault((pcode, id), -1);
        }
    }

    /// <summary>Takes a batch. <paramref name="now"/> is the clock's reading.</summary>
    public void Append(ValidBatch batch, LogPosition end, long now)
    {
        if (RowCount == 0)
        {
            FirstArrival = now;
        }

        long number = batch.FirstNumber;
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (batch.Find(schema.Kind) is { } table)
            {
                Append(batch.Pcode, table, number);
                number += table.RowCount;
            }
        }

        End = end;
        GreatestNumber = Math.Max(GreatestNumber, number - 1);
    }

    private void Append(long pcode, SampleTable rows, long firstNumber)
    {
        Kind kind = rows.Schema.Kind;
        if (!_tables.TryGetValue((pcode, kind), out HeadTable? table))
        {
            table = new HeadTable(pcode, rows.Schema, _pool, _expected.GetValueOrDefault((pcode, kind), HeadTableSizes.Unknown));
            _tables[(pcode, kind)] = table;
        }

        if (kind == Kind.Alert)
        {
            AddAlerts(pcode, rows, table.View.RowCount);
        }

        long before = table.AllocatedBytes;
        table.Append(rows, firstNumber);
        AllocatedBytes += table.AllocatedBytes - before;
        RowCount += rows.RowCount;
    }

    private void AddAlerts(long pcode, SampleTable rows, int firstRow)
    {
        if (rows.FindTexts(AlertIds.Field) is not { } ids)
        {
            return;
        }

        lock (_alertGate)
        {
            for (int row = 0; row < ids.Count; row++)
            {
                int code = ids.Codes[row];
                if (code == TextColumn.Missing || !AlertIds.TryParse(ids.Symbols[code], out Guid id))
                {
                    continue;
                }

                bool isNew = _alerts.TryAdd((pcode, id), firstRow + row) || _repeatedAlerts.Add((pcode, id));
                AllocatedBytes += isNew ? AlertBytes : 0;
            }
        }
    }
}
