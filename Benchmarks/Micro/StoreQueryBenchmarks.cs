using BenchmarkDotNet.Attributes;
using TimeSeries.Core.Model;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>Questions of the statistics endpoints to a store with two million samples of a day in blocks, a question.</summary>
[MemoryDiagnoser]
public class StoreQueryBenchmarks
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private StoreFolder _folder = null!;

    [Params(true, false)]
    public bool Rollups { get; set; }

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        _folder = new StoreFolder();
        for (int block = 0; block < 2; block++)
        {
            await _folder.FillAsync(MicroSizes.BlockBatches, _day);
            await _folder.Store.SealAsync();
        }
    }

    [Benchmark]
    public ValueTask<QueryResult> PerService() => _folder.Store.QueryAsync(StatisticsQueries.PerService(StoreFolder.Range(_day), Rollups), CancellationToken.None);

    [Benchmark]
    public ValueTask<QueryResult> PerAddress() => _folder.Store.QueryAsync(StatisticsQueries.PerAddress(StoreFolder.Range(_day), Rollups), CancellationToken.None);

    [GlobalCleanup]
    public async Task RemoveAsync() => await _folder.DisposeAsync();
}
