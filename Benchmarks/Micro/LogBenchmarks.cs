using System.Buffers;
using BenchmarkDotNet.Attributes;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>Groups of encoded batches appended to a log on the real disk, flush included, a group.</summary>
[MemoryDiagnoser]
[AllocationGate]
public class LogBenchmarks
{
    private readonly CoreInstruments _instruments = new();
    private string _directory = "";
    private WriteAheadLog _log = null!;
    private LogEntry[] _entries = [];
    private LogPosition[] _ends = [];

    /// <summary>Batches that share a flush.</summary>
    [Params(1, 16)]
    public int Batches { get; set; }

    /// <summary>Samples in each.</summary>
    [Params(100, MicroSizes.BatchSamples)]
    public int Samples { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        ArrayBufferWriter<byte> written = new();
        BatchCodec.Write(GeneratedBatch.Make(Kind.Transaction, Samples, seed: 1), written);
        _entries = [.. Enumerable.Repeat(LogEntry.Of(written.WrittenMemory), Batches)];
        _ends = new LogPosition[Batches];
        _directory = Directory.CreateTempSubdirectory("timeseries-log-").FullName;
        _log = WriteAheadLog.Open(
            new DiskFileSystem(), Path.Combine(_directory, "log"), nodeId: 1, new WriteAheadLogOptions(), LogPosition.Start, _instruments);
    }

    [Benchmark]
    public LogOutcome Append()
    {
        LogOutcome outcome = _log.Append(_entries, _ends);
        _log.Truncate(_log.End);
        return outcome == LogOutcome.Appended ? outcome : throw new InvalidOperationException($"The log answered {outcome}.");
    }

    [GlobalCleanup]
    public void Remove()
    {
        _log.Dispose();
        _instruments.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
