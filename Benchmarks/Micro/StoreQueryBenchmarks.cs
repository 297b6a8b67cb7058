using BenchmarkDotNet.Attributes;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>
/// ComparedQueries of the statistics endpoints to a store with two million samples of a day in blocks, answered from rollups and given back, a query.
/// </summary>
[MemoryDiagnoser]
public class StoreQueryBenchmarks
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private StoreFolder _folder = null!;

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
    public Task<int> PerService() => _folder.AskAsync(StatisticsQueries.PerService(StoreFolder.Range(_day), useRollups: true));

    [Benchmark]
    public Task<int> PerAddress() => _folder.AskAsync(StatisticsQueries.PerAddress(StoreFolder.Range(_day), useRollups: true));

    [GlobalCleanup]
    public async Task RemoveAsync() => await _folder.DisposeAsync();
}
