using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Influx.Reading;
using TimeSeries.Tests.Influx.Writing;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx.Alerts;

/// <summary>A directory that was copied while its original lives on: both write to one real server, and no sample is lost or counted twice.</summary>
internal sealed class CopiedNodeTests
{
    private const ulong Node = 42;
    private const ulong NewNode = 43;
    private const int Copied = 100;
    private const int More = 50;
    private const int OfCopy = 30;

    private readonly CoreInstruments _instruments = new();
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void End()
    {
        _instruments.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Both_nodes_samples_are_counted_once([Values] bool originalEndsTheUnitFirst, [Values] bool useRollups)
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        foreach (bool isOriginal in (bool[])[originalEndsTheUnitFirst, !originalEndsTheUnitFirst])
        {
            await (isOriginal ? WriteOriginalAsync(server) : WriteCopyAsync(server));
        }

        SampleQuery query = new()
        {
            Pcode = 1,
            Kind = Kind.Transaction,
            Range = new TimeRange(WrittenBatch.Start - 300_000, WrittenBatch.Start + 600_000),
            Measures = [new Measure(MeasureKind.Count), new Measure(MeasureKind.Sum, SampleSchema.Of(Kind.Transaction).Ordinal("elapsed"))],
            UseRollups = useRollups,
        };
        using InfluxReader reader = ReadSetup.Reader(server);
        QueryResult result = await reader.QueryAsync(query, CancellationToken.None);

        Assert.That((result.Count(0, 0), (long)result.Sum(0, 1)), Is.EqualTo((Copied + More + OfCopy, Sum(Copied) + Sum(More) + Sum(OfCopy))));
        Assert.That(await server.NumberAsync("SELECT count(n) FROM transaction", "apm"), Is.EqualTo(Copied + More + OfCopy));
    }

    private static long Sum(long count) => count * (count + 1) / 2;

    private Task WriteOriginalAsync(RealInfluxd server) => WriteAsync(server, _ => Node, async (writer, token) =>
    {
        await writer.MarkAsync(new LogPosition(1), 0, 0, token);
        await writer.WriteAsync(WrittenBatch.Many(0, Copied), new LogPosition(2), token);
        await writer.WriteAsync(WrittenBatch.Many(Copied, More), new LogPosition(3), token);
        await writer.MarkAsync(new LogPosition(4), 1, Copied + More, token);
        return new LogPosition(4);
    });

    // What was copied of the log, then the mark and the samples of the copy's own.
    private Task WriteCopyAsync(RealInfluxd server) => WriteAsync(server, number => number < Copied ? Node : NewNode, async (writer, token) =>
    {
        await writer.MarkAsync(new LogPosition(1), 0, 0, token);
        await writer.WriteAsync(WrittenBatch.Many(0, Copied), new LogPosition(2), token);
        await writer.MarkAsync(new LogPosition(3), 1, Copied, token);
        await writer.WriteAsync(WrittenBatch.Many(Copied, OfCopy), new LogPosition(4), token);
        await writer.MarkAsync(new LogPosition(5), 2, Copied + OfCopy, token);
        return new LogPosition(5);
    });

    private async Task WriteAsync(RealInfluxd server, Func<long, ulong> nodeOf, Func<InfluxWriter, CancellationToken, Task<LogPosition>> write)
    {
        string directory = _folder[Guid.NewGuid().ToString("N")];
        Directory.CreateDirectory(directory);
        InfluxOptions options = new() { Host = server.Address, Database = "apm", FlushAge = TimeSpan.FromMilliseconds(20) };
        using InfluxWriter writer = InfluxWriter.Open(
            new InfluxNode(new DiskFileSystem(), directory, Node) { NodeOf = nodeOf }, options, _ => 1_200_000, null, TimeProvider.System, _instruments,
            NullLogger.Instance);
        using CancellationTokenSource stop = new(TimeSpan.FromMinutes(2));
        Task running = writer.RunAsync(stop.Token);
        Task<int?> stored = StoreAsync();
        await await Task.WhenAny(stored, running);
        Assert.That(writer.Fault, Is.Null);
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());

        async Task<int?> StoreAsync() => await writer.WaitStoredAsync(await write(writer, stop.Token), stop.Token);
    }
}
