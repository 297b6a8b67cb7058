using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Scanning;

[TestFixture]
public sealed class ListTests
{
    private static readonly Kind[] _kinds = [Kind.Alert, Kind.Alert, Kind.Event, Kind.Transaction];

    [Test]
    public async Task Lists_of_any_history_equal_the_naive_ones([Range(1, 8)] int seed)
    {
        Random random = new(seed);
        ListRows made = new(random);
        List<Row> rows = [];
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 300, MaxFrozenHeads = 1_000 });
        for (int step = 0; step < 30; step++)
        {
            for (int batch = random.Next(4); batch >= 0; batch--)
            {
                Row[] written = made.Batch(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, 1 + random.Next(120), step * 4);
                rows.AddRange(written);
                await test.WriteAsync(written);
            }

            await MaintainAsync(test, random.Next(12));
            for (int i = 0; i < 8; i++)
            {
                await CheckAsync(test, rows, made.AnyQuery(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, rows));
            }
        }
    }

    [Test]
    public async Task Lists_over_many_chunks_equal_the_naive_ones([Values(1, 2)] int seed)
    {
        Random random = new(seed);
        ListRows made = new(random);
        List<Row> rows = [];
        await using StoreUnderTest test = new();
        for (int second = 0; second < 400; second++)
        {
            Row[] written = made.Batch(Kind.Alert, 1, 100, second);
            rows.AddRange(written);
            await test.WriteAsync(written);
            if (second == 350)
            {
                await test.Store.SealAsync();
            }
        }

        for (int i = 0; i < 60; i++)
        {
            await CheckAsync(test, rows, made.AnyQuery(Kind.Alert, 1, rows));
        }
    }

    internal static async Task CheckAsync(StoreUnderTest test, IReadOnlyList<Row> rows, ListQuery query)
    {
        SampleList list = await test.Store.ListAsync(query, CancellationToken.None);
        Assert.That(ListRows.Lines(query, list), Is.EqualTo(await ListRows.ExpectedAsync(query, rows)), query.ToString);
    }

    private static async Task MaintainAsync(StoreUnderTest test, int what)
    {
        switch (what)
        {
            case 0 or 1:
                await test.Store.SealAsync();
                break;
            case 2:
                await test.Store.CompactAsync();
                break;
            case 3:
                await test.KillAndReplayAsync();
                break;
        }
    }
}
