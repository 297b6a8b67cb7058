using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>Whoever follows the embedded store gets each sample once, wherever it lies by then.</summary>
public sealed class TailTests
{
    private static readonly Kind[] _kinds = [Kind.Alert, Kind.Event, Kind.Transaction];

    [Test]
    public async Task Tails_of_any_history_give_what_was_written_in_between([Range(1, 6)] int seed)
    {
        Random random = new(seed);
        ListRows made = new(random);
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 300, MaxFrozenHeads = 1_000 });
        List<Followed> tails = [];
        for (int step = 0; step < 40; step++)
        {
            for (int batch = random.Next(4); batch > 0; batch--)
            {
                Row[] written = made.Batch(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, 1 + random.Next(120), step);
                await test.WriteAsync([.. written.Select(row => row.At(test.Now + FollowedRows.Distance(random)))]);
            }

            if (random.Next(5) == 0)
            {
                await test.Store.SealAsync();
            }

            if (random.Next(8) == 0)
            {
                await test.Store.CompactAsync();
            }

            if (tails.Count < 12)
            {
                ListQuery query = FollowedRows.Query(made.AnyQuery(_kinds[random.Next(_kinds.Length)], 1 + random.Next(5) / 4, test.Rows), random);
                tails.Add(new Followed(query, await test.Store.FollowAsync(query, CancellationToken.None), test.Rows.Count));
            }

            foreach (Followed tail in tails.Where(_ => random.Next(3) > 0))
            {
                ListQuery query = tail.Query with { Range = FollowedRows.RangeAt(test.Now), CountTotal = true };
                SampleList list = await tail.Tail.NextAsync(CancellationToken.None);
                string expected = await ListRows.ExpectedAsync(query, FollowedRows.From(test.Rows, tail.Seen));
                Assert.That(ListRows.Lines(query, list), Is.EqualTo(expected), query.ToString);
                tail.Seen = test.Rows.Count;
            }

            test.Clock.Advance(TimeSpan.FromSeconds(1 + random.Next(30)));
        }
    }

    [Test]
    public async Task What_a_list_may_not_hold_is_counted_and_not_given_again()
    {
        await using StoreUnderTest test = new();
        ListQuery query = FollowedRows.Query(Kind.Transaction) with { Limit = 3 };
        ISampleTail tail = await test.Store.FollowAsync(query, CancellationToken.None);
        await test.WriteAsync([.. Enumerable.Range(0, 10).Select(i => Row.Transaction(1, test.Now + i, "/a", i))]);
        SampleList list = await tail.NextAsync(CancellationToken.None);
        Assert.That((list.RowCount, list.Total, list.Place(0).Time), Is.EqualTo((3, 10L, test.Now + 9)));
        Assert.That((await tail.NextAsync(CancellationToken.None)).Total, Is.Zero);
    }

    [Test]
    public async Task A_tail_of_a_store_that_replayed_its_log_begins_behind_what_was_replayed()
    {
        await using StoreUnderTest test = new();
        await test.WriteAsync(Row.Transaction(1, test.Now, "/before", 1));
        await test.Store.SealAsync();
        await test.WriteAsync(Row.Transaction(1, test.Now, "/before", 1));
        await test.KillAndReplayAsync();
        ISampleTail tail = await test.Store.FollowAsync(FollowedRows.Query(Kind.Transaction), CancellationToken.None);
        Assert.That((await tail.NextAsync(CancellationToken.None)).Total, Is.Zero);
        await test.WriteAsync(Row.Transaction(1, test.Now, "/after", 1));
        Assert.That((await tail.NextAsync(CancellationToken.None)).Total, Is.EqualTo(1));
    }

    private sealed class Followed(ListQuery query, ISampleTail tail, int seen)
    {
        public ListQuery Query => query;

        public ISampleTail Tail => tail;

        public int Seen { get; set; } = seen;
    }
}
