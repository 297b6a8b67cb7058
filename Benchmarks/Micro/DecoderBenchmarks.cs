using BenchmarkDotNet.Attributes;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>From wire bytes to columns, in each form and encoding, a sample of 16 fields.</summary>
[MemoryDiagnoser]
[AllocationGate]
public class DecoderBenchmarks
{
    private readonly SampleBatch _samples = new();
    private readonly SampleBatchBuilder _builder = new();
    private readonly NativeRequest _request = new();
    private readonly BatchValidator _validator = new(new BatchLimits());
    private byte[] _body = [];

    [ParamsAllValues]
    public SampleForm Form { get; set; }

    [Params(false, true)]
    public bool Json { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        IWireWriter writer = Json ? new JsonWriter() : new MessagePackWireWriter();
        PatchPlaces places = new();
        WireColumn[] columns = new SampleMaker(new Population(), 1).Make(Kind.Transaction, MicroSizes.BatchSamples, out int[] ages);
        BodyWriter.Write(writer, SampleSchema.Of(Kind.Transaction), columns, Form, [], places);
        PreparedBody body = new(writer.Written, 0, places, ages);
        ulong ids = 1;
        body.Patch(SampleMaker.PreparedAtMilliseconds, ref ids);
        _body = body.Bytes;
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples)]
    public int Decode()
    {
        _samples.Clear();
        _builder.Reset(_samples);
        if (BatchDecoder.Decode(_body, Json ? BodyFormat.Json : BodyFormat.MessagePack, _request, _builder) is { } refusal)
        {
            throw new InvalidOperationException($"The generated body was refused: {refusal}.");
        }

        return _builder.RowCount;
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples)]
    public int DecodeAndValidate()
    {
        Decode();
        return _validator.Validate(_builder, GeneratedBatch.Pcode, new Timestamp(SampleMaker.PreparedAtMilliseconds)).Usable;
    }
}
