using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Storage.Influx.Alerts;
using TimeSeries.Tests.Influx.Reading;
using TimeSeries.Tests.Influx.Writing;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Influx.Alerts;

/// <summary>Ids of alerts are looked up in a real server, and an InfluxDB that is away holds no push up.</summary>
internal sealed class AlertLookupTests
{
    private const string Database = "apm";

    private readonly FakeTimeProvider _clock = new(TestTime.Start);
    private CoreInstruments _instruments = null!;
    private MeterListener _listener = null!;
    private long _unchecked;

    [SetUp]
    public void Listen()
    {
        _instruments = new CoreInstruments();
        _unchecked = 0;
        _listener = new MeterListener();
        _listener.EnableMeasurementEvents(_instruments.InfluxUncheckedAlerts);
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _unchecked, count));
        _listener.Start();
    }

    [TearDown]
    public void Leave()
    {
        _listener.Dispose();
        _instruments.Dispose();
    }

    [Test]
    public async Task Those_that_are_there_are_found_among_many()
    {
        await using RealInfluxd server = await StartAsync();
        Guid[] ids = [.. Enumerable.Range(0, 1_000).Select(_ => Guid.NewGuid())];
        Guid[] stored = [.. ids.Where((_, i) => i % 3 == 0)];
        await WriteAsync(server, stored);
        using AlertLookup lookup = Open(server.Address);
        IReadOnlySet<Guid>? found = await lookup.FindAsync(1, ids, CancellationToken.None);

        Assert.That(found, Is.EquivalentTo(stored));
        Assert.That(_unchecked, Is.Zero);
    }

    [Test]
    public async Task A_server_that_is_away_finds_nothing_and_is_not_asked_again_for_10_seconds()
    {
        await using RealInfluxd server = await StartAsync();
        Guid id = Guid.NewGuid();
        await WriteAsync(server, id);
        server.Kill();
        using AlertLookup lookup = Open(server.Address);
        int? away = (await lookup.FindAsync(1, [id], CancellationToken.None))?.Count;
        await server.RestartAsync();
        int? paused = (await lookup.FindAsync(1, [id, Guid.NewGuid()], CancellationToken.None))?.Count;
        _clock.Advance(TimeSpan.FromSeconds(10));
        int? back = (await lookup.FindAsync(1, [id], CancellationToken.None))?.Count;

        Assert.That((away, paused, back, _unchecked), Is.EqualTo(((int?)null, (int?)null, (int?)1, 3L)));
    }

    [Test]
    public async Task A_server_that_says_nothing_is_waited_for_2_seconds()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using AlertLookup lookup = Open(new Uri($"http://{silent.LocalEndpoint}"));
        Task<IReadOnlySet<Guid>?> looking = lookup.FindAsync(1, [Guid.NewGuid()], CancellationToken.None).AsTask();
        using TcpClient accepted = await silent.AcceptTcpClientAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(1_999));
        bool early = looking.IsCompleted;
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.That(((await looking)?.Count, early, _unchecked), Is.EqualTo(((int?)null, false, 1L)));
    }

    [Test]
    public async Task An_account_that_may_not_read_finds_nothing()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync(new InfluxdSettings { Auth = true });
        using AlertLookup lookup = Open(server.Address);

        Assert.That(((await lookup.FindAsync(1, [Guid.NewGuid()], CancellationToken.None))?.Count, _unchecked), Is.EqualTo(((int?)null, 1L)));
    }

    [Test]
    public void A_caller_that_leaves_is_told_so() =>
        Assert.That(
            async () =>
            {
                using AlertLookup lookup = Open(new Uri("http://127.0.0.1:9"));
                await lookup.FindAsync(1, [Guid.NewGuid()], new CancellationToken(canceled: true));
            },
            Throws.InstanceOf<OperationCanceledException>());

    private static async Task<RealInfluxd> StartAsync()
    {
        RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        return server;
    }

    private static async Task WriteAsync(RealInfluxd server, params Guid[] ids)
    {
        string lines = string.Join('\n', ids.Select(
            (id, i) => $"alert,b={id.ToString("D")[..2]},e=0,node=00000000000000a1,oid=-,pcode=1 id=\"{id:D}\",n={i}i {WrittenBatch.Start * 1_000_000 + i}"));
        (int status, string body) = await server.WriteAsync(lines, Database);
        Assert.That(status, Is.EqualTo(204), body);
    }

    private AlertLookup Open(Uri address) => new(ReadSetup.Options(address), _clock, _instruments, NullLogger.Instance);
}
