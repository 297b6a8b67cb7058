using BenchmarkDotNet.Attributes;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>Batches applied to a head until it is as large as a seal, a sample.</summary>
[MemoryDiagnoser]
[AllocationGate]
public class HeadBenchmarks
{
    private readonly LargeArrayPool _stock = new(256L << 20);
    private readonly List<ValidBatch> _batches = [];

    [Params(Kind.Transaction, Kind.Sql)]
    public Kind Kind { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        for (int i = 0; i < MicroSizes.BlockBatches; i++)
        {
            _batches.Add(GeneratedBatch.Make(Kind, MicroSizes.BatchSamples, seed: i, shiftMilliseconds: i * 1_000L));
        }
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples * MicroSizes.BlockBatches)]
    public long Apply()
    {
        Head head = new(_stock);
        for (int i = 0; i < _batches.Count; i++)
        {
            head.Append(_batches[i], new LogPosition(i + 1), now: 0);
        }

        long rows = head.RowCount;
        head.Release();
        return rows;
    }
}
