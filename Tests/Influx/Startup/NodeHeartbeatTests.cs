using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Influx.Reading;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx.Startup;

/// <summary>The watermark is that of the node that is furthest behind, in a real InfluxDB.</summary>
internal sealed class NodeHeartbeatTests
{
    private const string Database = "apm";
    private const long Hour = 3_600_000;

    private RealInfluxd _server = null!;
    private InfluxReader _reader = null!;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [SetUp]
    public async Task Start()
    {
        _server = await RealInfluxd.StartWithDatabaseAsync();
        _reader = ReadSetup.Reader(_server);
    }

    [TearDown]
    public async Task Stop()
    {
        _reader?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Test]
    public async Task Without_nodes_it_is_the_present()
    {
        long before = Now;
        Assert.That(await _reader.WatermarkAsync(CancellationToken.None), Is.InRange(before, Now));
    }

    [Test]
    public async Task The_earliest_of_the_open_nodes_counts()
    {
        long now = Now;
        await SayAsync("00000000000000a1", open: 1, now - 5_000, now);
        await SayAsync("00000000000000b2", open: 1, now - 7_000, now);
        await SayAsync("00000000000000c3", open: 0, now - 9_000, now);
        Assert.That(await _reader.WatermarkAsync(CancellationToken.None), Is.EqualTo(now - 7_000));
    }

    [Test]
    public async Task A_point_that_no_node_wrote_counts_for_nothing()
    {
        long now = Now;
        await SayAsync("00000000000000a1", open: 1, now - 5_000, now);
        long hour = now / Hour * Hour * 1_000_000;
        (int status, string body) = await _server.WriteAsync(
            $"node,node=zz open=1i {hour}\nnode,node=yy through=17i {hour}\nnode,node=xx other=1i {hour}", Database);
        Assert.That(status, Is.EqualTo(204), body);
        Assert.That(await _reader.WatermarkAsync(CancellationToken.None), Is.EqualTo(now - 5_000));
    }

    [Test]
    public async Task Of_a_node_its_latest_heartbeat_counts()
    {
        long now = Now;
        await SayAsync("00000000000000a1", open: 1, now - (3 * Hour), now - (3 * Hour));
        await SayAsync("00000000000000a1", open: 1, now - 2_000, now);
        await SayAsync("00000000000000b2", open: 1, now - (2 * Hour), now - (2 * Hour));
        await SayAsync("00000000000000b2", open: 0, now - 1_000, now);
        Assert.That(await _reader.WatermarkAsync(CancellationToken.None), Is.EqualTo(now - 2_000));
    }

    [Test]
    public async Task A_node_that_died_holds_it_back_for_a_day()
    {
        long now = Now;
        await SayAsync("00000000000000a1", open: 1, now - (22 * Hour), now - (22 * Hour));
        await SayAsync("00000000000000b2", open: 1, now - (26 * Hour), now - (26 * Hour));
        Assert.That(await _reader.WatermarkAsync(CancellationToken.None), Is.EqualTo(now - (22 * Hour)));
    }

    [Test]
    public async Task What_a_writer_says_is_what_a_reader_knows()
    {
        using TemporaryFolder folder = new();
        using CoreInstruments instruments = new();
        using InfluxWriter writer = InfluxWriter.Open(
            new InfluxNode(new DiskFileSystem(), folder[""], 0xA1), ReadSetup.Options(_server.Address), _ => 1_200_000, null, TimeProvider.System, instruments,
            NullLogger.Instance);
        long through = Now - 40_000;
        Assert.That(await writer.HeartbeatAsync(0xA1, new NodeStatus(through, true, 7, 9, Now), CancellationToken.None), Is.True);
        Assert.That(await _reader.WatermarkAsync(CancellationToken.None), Is.EqualTo(through));
    }

    private async Task SayAsync(string node, int open, long through, long at)
    {
        long hour = at / Hour * Hour * 1_000_000;
        (int status, string body) = await _server.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $"node,node={node} open={open}i,through={through}i {hour}"), Database);
        Assert.That(status, Is.EqualTo(204), body);
    }
}
