using BenchmarkDotNet.Attributes;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>Rows in memory grouped and measured, and rolled up, a sample.</summary>
[MemoryDiagnoser]
[AllocationGate]
public class AggregationBenchmarks
{
    private const int Chunks = 20;

    private readonly List<TableChunk> _chunks = [];
    private readonly SampleQuery _perService = StatisticsQueries.PerService(TimeRange.All, useRollups: false);
    private readonly SampleQuery _perAddress = StatisticsQueries.PerAddress(TimeRange.All, useRollups: false);

    [GlobalSetup]
    public void Prepare()
    {
        for (int i = 0; i < Chunks; i++)
        {
            ValidBatch batch = GeneratedBatch.Make(Kind.Transaction, MicroSizes.BatchSamples, seed: i, shiftMilliseconds: i * 60_000L);
            _chunks.Add(new TableChunk(batch.Find(Kind.Transaction)!));
        }
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples * Chunks)]
    public QueryResult PerService() => Aggregate(_perService);

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples * Chunks)]
    public QueryResult PerAddress() => Aggregate(_perAddress);

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples * Chunks)]
    public int RollUp()
    {
        RollupBuilder builder = new(SampleSchema.Of(Kind.Transaction), apdexThresholdMicroseconds: 1_200_000);
        foreach (TableChunk chunk in _chunks)
        {
            builder.Add(chunk);
        }

        return builder.Complete().Count;
    }

    private QueryResult Aggregate(SampleQuery query)
    {
        Aggregation aggregation = new(query);
        foreach (TableChunk chunk in _chunks)
        {
            aggregation.Add(chunk, TimeRange.All);
        }

        return aggregation.Complete();
    }
}
