using BenchmarkDotNet.Attributes;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>A full head sealed into a block with its rollups, flush included, a sample.</summary>
[MemoryDiagnoser]
[AllocationGate]
public class SealBenchmarks
{
    private StoreFolder _folder = null!;

    // Each iteration seals a head of its own, so one iteration is one invocation.
    [IterationSetup]
    public void Fill()
    {
        _folder = new StoreFolder();
        _folder.FillAsync(MicroSizes.BlockBatches, TimeSpan.FromMinutes(10)).GetAwaiter().GetResult();
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples * MicroSizes.BlockBatches)]
    public Task Seal() => _folder.Store.SealAsync();

    [IterationCleanup]
    public void Remove() => _folder.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
