using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TimeSeries.Core;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Rows;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Storage;

/// <summary>A store on a disk that may fail, with a log kept by the test, so that it can be killed and replayed.</summary>
internal sealed class StoreUnderTest : IAsyncDisposable
{
    public const string Folder = "/data";
    public const string Blocks = "/data/blocks";
    public const string ManifestPath = "/data/manifest";
    public const string Quarantine = "/data/quarantine";
    public const ulong NodeId = 0xC0FFEE;
    public const long Threshold = 1_200_000;

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

    /// <summary>Every row that was written.</summary>
    public List<Row> Rows { get; } = [];

    public LogPosition End => new(_log.Count);

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public IEnumerable<string> BlockFiles => Disk.List(Blocks).Where(file => file.EndsWith(".block", StringComparison.Ordinal));

    public EmbeddedStore Open() =>
        EmbeddedStore.Open(Disk, Folder, NodeId, Options, _ => Threshold, Clock, Instruments, NullLogger.Instance);

    /// <summary>What the parts of a store share, for tests of a part alone.</summary>
    public static StoreContext Context(FaultyFileSystem disk, CoreInstruments instruments) =>
        new(disk, Folder, NodeId, new EmbeddedStoreOptions(), _ => Threshold, TimeProvider.System, instruments, NullLogger.Instance);

    /// <summary>Puts rows of one project and kind as a batch into the log and the store; the first written has the sequence number 0, and so on.</summary>
    public async Task WriteAsync(params IReadOnlyList<Row> rows)
    {
        Rows.AddRange(rows);
        long number = _nextNumber;
        _nextNumber += rows.Count;
        await WriteAsync(() => Row.BatchOf(rows, number));
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

        Store.ReportStrays(logIsWhole: true);
        Store.RemoveStrays();
    }

    private async Task WriteAsync(Func<ValidBatch> make)
    {
        _log.Add((make, new LogPosition(_log.Count + 1)));
        await Store.WriteAsync(make(), End, CancellationToken.None);
    }

    private static ValidBatch AlertOf(long pcode, Guid id, long time, long number) => Row.BatchOf(
        [new Row(Kind.Alert, time) { Pcode = pcode }.With("severity", "Info").With("source", "s").With("title", "t").With("id", id.ToString("D"))], number);
}
