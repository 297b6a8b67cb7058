using System.Text;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Simulation.Disk;
using TimeSeries.Simulation.History;
using TimeSeries.Simulation.Node;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Simulation;

/// <summary>
/// Writers that push, send again what got no acknowledgement (and some of what did, at the same time), and readers beside them, while heads are sealed and
/// blocks merged. Half way the power is cut, and the host is started again on what is left. Everything is recorded. Used once.
/// </summary>
internal sealed class HistoryRun(Func<NodeSeams> seams)
{
    private const int Writers = 4;
    private const int Readers = 3;
    private const int ValuesPerWriter = 120;
    private const int ValuesBeforeCut = 200;
    private const int ResendEvery = 5;
    private const int SealEvery = 40;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    private readonly TaskCompletionSource _cutIsDue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource<HistoryHost> _host = NewHost();
    private int _acknowledged;

    /// <summary>What was done.</summary>
    public OperationHistory History { get; } = new();

    /// <summary>Runs to the end: each writer has all its values acknowledged.</summary>
    public async Task RunAsync()
    {
        HistoryHost first = await HistoryHost.StartAsync(new FaultyFileSystem(), seams());
        _host.SetResult(first);
        Task writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync($"/w{writer}"))));
        Task reading = Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Run(() => ReadAsync(writing))));
        await _cutIsDue.Task;
        TaskCompletionSource<HistoryHost> next = NewHost();
        _host = next;
        FaultyFileSystem left = first.CutPower();
        HistoryHost second = await HistoryHost.StartAsync(left, seams());
        next.SetResult(second);
        await writing;
        await reading;
        await ReadOnceAsync();
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    private async Task WriteAsync(string key)
    {
        for (long value = 1; value <= ValuesPerWriter; value++)
        {
            IdempotencyKey id = new((ulong)value, (ulong)key[^1]);
            while (!await PushAsync(await _host.Task, key, value, id))
            {
            }

            if (value % ResendEvery == 0)
            {
                HistoryHost host = await _host.Task;
                await Task.WhenAll(PushAsync(host, key, value, id), PushAsync(host, key, value, id));
            }

            int acknowledged = Interlocked.Increment(ref _acknowledged);
            if (acknowledged == ValuesBeforeCut)
            {
                _cutIsDue.SetResult();
            }

            if (acknowledged % SealEvery == 0)
            {
                await SealAsync(await _host.Task);
            }
        }
    }

    private async Task<bool> PushAsync(HistoryHost host, string key, long value, IdempotencyKey id)
    {
        int operation = History.BeginWrite(key, value);
        ValidBatch batch = Row.BatchOf([Row.Transaction(1, DateTimeOffset.UnixEpoch.AddDays(20_000).ToUnixTimeMilliseconds() + value, key, value)], 0);
        CommitResult result = await host.Submitter.SubmitAsync(batch, id, new BatchCounts(1, 0, 0, 0), madeIds: 0);
        bool isAcknowledged = result.Outcome is CommitOutcome.Stored or CommitOutcome.Resent;
        if (isAcknowledged)
        {
            History.Acknowledge(operation, key, value);
        }

        return isAcknowledged;
    }

    private async Task ReadAsync(Task writing)
    {
        while (!writing.IsCompleted)
        {
            await ReadOnceAsync();

            // Others are to run too.
            await Task.Yield();
        }
    }

    private async Task ReadOnceAsync()
    {
        // Begun before a host is chosen: one whose power was cut knows nothing of what came later.
        int operation = History.BeginRead();
        HistoryHost host = await _host.Task;
        Dictionary<string, SeenValues> seen = [];
        int elapsed = _schema.Ordinal("elapsed");
        try
        {
            using QueryResult result = await host.Reader.QueryAsync(
                new SampleQuery
                {
                    Pcode = 1,
                    Kind = Kind.Transaction,
                    Range = TimeRange.All,
                    GroupBy = [new GroupField(_schema.Ordinal("service"))],
                    Measures = [new(MeasureKind.Count), new(MeasureKind.Sum, elapsed), new(MeasureKind.Max, elapsed)],
                },
                CancellationToken.None);
            for (int row = 0; row < result.RowCount; row++)
            {
                seen[Encoding.UTF8.GetString(result.KeyText(row, 0))] = new(result.Count(row, 0), (long)result.Sum(row, 1), result.Number(row, 2));
            }
        }
        catch (IOException fault)
        {
            // One whose host lost its power meanwhile has no result.
            if (!IsGone(host))
            {
                History.FailRead(operation, fault.Message);
            }

            return;
        }

        History.EndRead(operation, seen);
    }

    private static async Task SealAsync(HistoryHost host)
    {
        try
        {
            await host.Store.SealAsync();
            await host.Store.CompactAsync();
        }
        catch (IOException)
        {
            // The power of its host was cut, or a file is missing: then readers miss it too.
        }
    }

    private bool IsGone(HistoryHost host) => !_host.Task.IsCompletedSuccessfully || _host.Task.Result != host;

    private static TaskCompletionSource<HistoryHost> NewHost() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
