using NUnit.Framework;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Fixtures.Influxd;
using TimeSeries.Tests.Query;
using TimeSeries.Tests.Storage;

namespace TimeSeries.Tests.Influx;

/// <summary>Lists from a real InfluxDB equal those of the embedded store, and what only several nodes can do to them.</summary>
[Parallelizable(ParallelScope.Self)]
internal sealed class ListTests
{
    private const int QuestionCount = 120;

    private static readonly Kind[] _kinds = [Kind.Alert, Kind.Alert, Kind.Event, Kind.Transaction];

    private RealInfluxd _server = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await RealInfluxd.StartAsync();
        await _server.QueryAsync("CREATE DATABASE apm");
    }

    [TearDown]
    public async Task Stop()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Test]
    public async Task Lists_of_both_stores_are_equal([Range(1, 4)] int seed)
    {
        Random random = new(seed);
        ListRows made = new(random);
        await using ListedStores stores = new(_server);
        for (int step = 0; step < 40; step++)
        {
            await stores.WriteAsync(made.Batch(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, 1 + random.Next(120), step * 4), 0);
            await stores.WriteAsync(Later(made.Batch(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, 1 + random.Next(120), step * 4)), 1);
        }

        for (int asked = 0; asked < QuestionCount; asked++)
        {
            await stores.CheckAsync(made.Question(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, stores.Rows));
        }
    }

    [Test]
    public async Task Pages_far_down_of_many_samples_are_equal()
    {
        Random random = new(5);
        ListRows made = new(random);
        await using ListedStores stores = new(_server);
        for (int second = 0; second < 60; second++)
        {
            await stores.WriteAsync(made.Batch(Kind.Transaction, 1, 1_000, second), second % 2);
            if (second % 2 == 0)
            {
                await stores.WriteAsync(Later(made.Batch(Kind.Transaction, 1, 500, second)), 1);
            }
        }

        for (int asked = 0; asked < 40; asked++)
        {
            ListQuery query = made.Question(Kind.Transaction, 1, stores.Rows);
            await stores.CheckAsync(query with { Offset = random.NextInt64(70_000), Filters = asked % 4 == 0 ? query.Filters : [] });
        }
    }

    // Not the same milliseconds as the other node's.
    private static Row[] Later(Row[] rows) => Array.ConvertAll(rows, row => row.At(row.Time + 500));
}
