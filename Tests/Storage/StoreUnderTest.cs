using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TimeSeries.Core;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Files;
using TimeSeries.Tests.Support.Rows;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Storage;

/// <summary>A store on a disk that may fail, with a log kept by the test, so that it can be killed and replayed.</summary>
internal sealed class StoreUnderTest : IAsyncDisposable
{
    public const string Folder = "/data";
    public const string Blocks = "/data/blocks";
    public const string ManifestPath = "/data/manifest";
    public const ulong NodeId = 0xC0FFEE;
    public const long Threshold = 1_200_000;

    private static readonly KindSchema _transaction = SampleSchema.Of(Kind.Transaction);
    private static readonly KindSchema _alert = SampleSchema.Of(Kind.Alert);

    private readonly List<(Func<ValidBatch> Make, LogPosition End)> _log = [];
    private long _nextNumber;

    public StoreUnderTest(EmbeddedStoreOptions? options = null)
    {
        Options = options ?? new EmbeddedStoreOptions();
        Store = Open();
    }

    public EmbeddedStoreOptions Options { get; set; }

    public FaultyFileSystem Disk { get; private set; } = new();

    public FakeTimeProvider Clock { get; } = new(TestTime.Start);

    public CoreInstruments Instruments { get; } = new();

    public EmbeddedStore Store { get; private set; }

    /// <summary>Every transaction that was written.</summary>
    public List<StoredRow> Rows { get; } = [];

    public LogPosition End => new(_log.Count);

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public IEnumerable<string> BlockFiles => Disk.List(Blocks).Where(file => file.EndsWith(".block", StringComparison.Ordinal));

    public EmbeddedStore Open() =>
        EmbeddedStore.Open(Disk, Folder, NodeId, Options, _ => Threshold, Clock, Instruments, NullLogger.Instance);

    /// <summary>Puts a batch into the log and the store.</summary>
    public async Task WriteAsync(params StoredRow[] rows)
    {
        Rows.AddRange(rows);
        long number = _nextNumber;
        _nextNumber += rows.Length;
        await WriteAsync(() => TransactionsOf(rows, number));
    }

    /// <summary>Puts rows of one project and kind as a batch into the log and the store; the first written has the sequence number 0, and so on.</summary>
    public async Task WriteAsync(IReadOnlyList<Row> rows)
    {
        long number = _nextNumber;
        _nextNumber += rows.Count;
        await WriteAsync(() => BatchOf(rows, number));
    }

    public async Task WriteAlertAsync(long pcode, Guid id, long? time = null)
    {
        long number = _nextNumber++;
        long at = time ?? Now;
        await WriteAsync(() => AlertOf(pcode, id, at, number));
    }

    /// <summary>Ends the process as a kill does and starts it again, replaying the log: from the start, as if nothing told how far the store is.</summary>
    public async Task KillAndReplayAsync()
    {
        Disk = Disk.Kill();
        await ReplayAsync();
    }

    public async Task CutPowerAndReplayAsync(Random random)
    {
        Disk = Disk.PowerCut(random);
        await ReplayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Instruments.Dispose();
    }

    private async Task ReplayAsync()
    {
        Store = Open();
        foreach ((Func<ValidBatch> make, LogPosition end) in _log)
        {
            await Store.WriteAsync(make(), end, CancellationToken.None);
        }
    }

    private async Task WriteAsync(Func<ValidBatch> make)
    {
        _log.Add((make, new LogPosition(_log.Count + 1)));
        await Store.WriteAsync(make(), End, CancellationToken.None);
    }

    /// <summary>Rows of one project and kind as a batch.</summary>
    public static ValidBatch BatchOf(IReadOnlyList<Row> rows, long firstNumber)
    {
        SampleBatch batch = new();
        SampleTable table = batch.Table(rows[0].Kind);
        table.RowCount = rows.Count;
        foreach (Field field in table.Schema.Fields)
        {
            for (int row = 0; row < rows.Count; row++)
            {
                if (rows[row][field.Ordinal] is string text)
                {
                    table.Texts(field.Ordinal).Set(row, Encoding.UTF8.GetBytes(text));
                }
                else if (rows[row][field.Ordinal] is long number)
                {
                    table.Numbers(field.Ordinal).Set(row, number);
                }
            }
        }

        table.PadColumns();
        return new ValidBatch(rows[0].Pcode, batch) { FirstNumber = firstNumber };
    }

    /// <summary>Rows of one project as a batch.</summary>
    public static ValidBatch TransactionsOf(IReadOnlyList<StoredRow> rows, long firstNumber)
    {
        SampleBatch batch = new();
        SampleTable table = batch.Table(Kind.Transaction);
        table.RowCount = rows.Count;
        for (int row = 0; row < rows.Count; row++)
        {
            StoredRow from = rows[row];
            table.Numbers(KindSchema.Time).Set(row, from.Time);
            table.Texts(_transaction.Ordinal("service")).Set(row, Encoding.UTF8.GetBytes(from.Service));
            table.Numbers(_transaction.Ordinal("elapsed")).Set(row, from.Elapsed);
            SetText(table, "txid", row, from.Txid);
            SetText(table, "remote_ip", row, from.RemoteIp);
            SetText(table, "city", row, from.City);
            SetNumber(table, "status", row, from.Status);
            SetNumber(table, "malloc", row, from.Malloc);
            SetNumber(table, "error", row, from.Error is { } error ? (error ? 1 : 0) : null);
        }

        table.PadColumns();
        return new ValidBatch(rows[0].Pcode, batch) { FirstNumber = firstNumber };
    }

    private static ValidBatch AlertOf(long pcode, Guid id, long time, long number)
    {
        SampleBatch batch = new();
        SampleTable table = batch.Table(Kind.Alert);
        table.RowCount = 1;
        table.Numbers(KindSchema.Time).Set(0, time);
        foreach ((string field, string text) in new[] { ("severity", "Info"), ("source", "s"), ("title", "t"), ("id", id.ToString("D")) })
        {
            table.Texts(_alert.Ordinal(field)).Set(0, Encoding.UTF8.GetBytes(text));
        }

        return new ValidBatch(pcode, batch) { FirstNumber = number };
    }

    private static void SetText(SampleTable table, string field, int row, string? text)
    {
        if (text is not null)
        {
            table.Texts(_transaction.Ordinal(field)).Set(row, Encoding.UTF8.GetBytes(text));
        }
    }

    private static void SetNumber(SampleTable table, string field, int row, long? number)
    {
        if (number is { } value)
        {
            table.Numbers(_transaction.Ordinal(field)).Set(row, value);
        }
    }
}
