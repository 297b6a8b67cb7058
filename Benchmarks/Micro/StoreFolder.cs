using Microsoft.Extensions.Logging.Abstractions;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>An embedded store in a temporary folder, gone when disposed.</summary>
internal sealed class StoreFolder : IAsyncDisposable
{
    private readonly CoreInstruments _instruments = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("timeseries-store-").FullName;
    private long _written;

    public StoreFolder() => Store = EmbeddedStore.Open(
        new DiskFileSystem(), _directory, nodeId: 1,
        // Seals happen when a benchmark asks for them.
        new EmbeddedStoreOptions { HeadRows = int.MaxValue, HeadBytes = 1L << 40 },
        apdexThresholdMicroseconds: _ => 1_200_000, TimeProvider.System, _instruments, NullLogger.Instance);

    public EmbeddedStore Store { get; }

    /// <summary>Writes one head's worth of transactions that lie behind those before, spread over some time.</summary>
    public async Task FillAsync(int batchCount, TimeSpan spread)
    {
        for (int i = 0; i < batchCount; i++)
        {
            long shift = (long)(spread.TotalMilliseconds * i / batchCount);
            ValidBatch batch = GeneratedBatch.Make(Kind.Transaction, MicroSizes.BatchSamples, seed: (int)_written, shift);
            await Store.WriteAsync(batch, new LogPosition(++_written), CancellationToken.None);
        }
    }

    /// <summary>Asks as an endpoint does, which gives the response back; returns how many rows it had.</summary>
    public async Task<int> AskAsync(SampleQuery query)
    {
        using QueryResult response = await Store.QueryAsync(query, CancellationToken.None);
        return response.RowCount;
    }

    /// <summary>The times that filled samples may have.</summary>
    public static TimeRange Range(TimeSpan spread) =>
        new(SampleMaker.PreparedAtMilliseconds - 1_000, SampleMaker.PreparedAtMilliseconds + (long)spread.TotalMilliseconds + 1_000);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _instruments.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
