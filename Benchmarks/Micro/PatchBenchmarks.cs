using BenchmarkDotNet.Attributes;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>What the load generator itself costs before each sending, a sample.</summary>
[MemoryDiagnoser]
public class PatchBenchmarks
{
    private PreparedBody _body = null!;
    private ulong _ids = 1;
    private long _now = SampleMaker.PreparedAtMilliseconds;

    [ParamsAllValues]
    public SampleForm Form { get; set; }

    [Params(false, true)]
    public bool Json { get; set; }

    [Params(false, true)]
    public bool Fresh { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        IWireWriter writer = Json ? new JsonWriter() : new MessagePackWireWriter();
        PatchPlaces places = new() { Values = Fresh ? [] : null };
        WireColumn[] columns = new SampleMaker(new Population(), 1).Make(Kind.Transaction, MicroSizes.BatchSamples, out int[] ages);
        BodyWriter.Write(writer, SampleSchema.Of(Kind.Transaction), columns, Form, [], places);
        _body = new PreparedBody(writer.Written, 0, places, ages);
    }

    [Benchmark(OperationsPerInvoke = MicroSizes.BatchSamples)]
    public void Patch() => _body.Patch(_now++, ref _ids);
}
