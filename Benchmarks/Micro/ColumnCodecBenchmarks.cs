using BenchmarkDotNet.Attributes;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Threads;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>One column of a block encoded and decoded, a value.</summary>
[MemoryDiagnoser]
[AllocationGate]
public class ColumnCodecBenchmarks
{
    private readonly NumberCodec _numbers = new();
    private readonly TextCodec _texts = new(CooperativeYield.Urgent);
    private readonly ByteWriter _output = new();
    private readonly long[] _decodedNumbers = new long[MicroSizes.BatchSamples];
    private readonly int[] _decodedCodes = new int[MicroSizes.BatchSamples];
    private TableChunk _chunk = null!;
    private byte[] _encoded = [];
    private int _ordinal;
    private bool _isText;

    [Params("time", "elapsed", "status", "malloc", "service", "txid", "user_id")]
    public string Field { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        ValidBatch batch = GeneratedBatch.Make(Kind.Transaction, MicroSizes.BatchSamples, seed: 1);
        _chunk = new TableChunk(batch.Find(Kind.Transaction)!);
        _ordinal = SampleSchema.Of(Kind.Transaction).Ordinal(Field);
        _isText = SampleSchema.Of(Kind.Transaction).Fields[_ordinal].IsText;
        Encode();
        // Decoding reads whole words, so bytes that it may read but never uses follow every chunk.
        _output.Take(BitPacking.SlackBytes);
        _encoded = _output.Written.ToArray();
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples)]
    public int Encode()
    {
        _output.Clear();
        if (_isText)
        {
            _texts.Encode(_chunk.Codes(_ordinal), _chunk.Symbols(_ordinal), _output);
        }
        else
        {
            _numbers.Encode(_chunk.Numbers(_ordinal), _output, out _, out _);
        }

        return _output.Count;
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples)]
    public int Decode()
    {
        if (_isText)
        {
            return TextCodec.Decode(_encoded, _decodedCodes).Count;
        }

        NumberCodec.Decode(_encoded, _decodedNumbers);
        return _decodedNumbers.Length;
    }
}
