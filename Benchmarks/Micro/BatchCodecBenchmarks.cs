using System.Buffers;
using BenchmarkDotNet.Attributes;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>A batch as the log's bytes and back, a sample.</summary>
[MemoryDiagnoser]
[AllocationGate]
public class BatchCodecBenchmarks
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly SampleBatch _read = new();
    private ValidBatch _batch = null!;

    [Params(Kind.Transaction, Kind.Sql, Kind.Exception)]
    public Kind Kind { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _batch = GeneratedBatch.Make(Kind, MicroSizes.BatchSamples, seed: 1);
        BatchCodec.Write(_batch, _written);
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples)]
    public int Write()
    {
        _output.ResetWrittenCount();
        BatchCodec.Write(_batch, _output);
        return _output.WrittenCount;
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples)]
    public int Read()
    {
        _read.Clear();
        return BatchCodec.TryRead(_written.WrittenSpan, _read, out string? reason) ? _read.RowCount : throw new InvalidOperationException(reason);
    }
}
