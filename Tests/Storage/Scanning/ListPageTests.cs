using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Scanning;

[TestFixture]
public sealed class ListPageTests
{
    private const long Day = 86_400_000;

    private static readonly KindSchema _alert = SampleSchema.Of(Kind.Alert);

    [TestCase(ListOrder.LastArrivalFirst)]
    [TestCase(ListOrder.FirstArrivalFirst)]
    public async Task A_cursor_keeps_its_place_while_samples_arrive_and_blocks_are_merged(ListOrder order)
    {
        ListRows made = new(new Random(5));
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 200, MaxFrozenHeads = 1_000 });
        await WriteAsync(test, made, batches: 6, second: 0);
        SampleList whole = await test.Store.ListAsync(Query(1_000) with { Order = order }, CancellationToken.None);
        List<SampleId> walked = [];
        SampleId? after = null;
        for (int page = 0; walked.Count < whole.RowCount; page++)
        {
            SampleList list = await test.Store.ListAsync(Query(37) with { Order = order, After = after }, CancellationToken.None);
            walked.AddRange(Places(list));
            after = walked[^1];

            // All of these are later than what the cursor has left.
            await WriteAsync(test, made, batches: 1, second: 1_000 + page);
            if (page % 2 == 0)
            {
                await test.Store.SealAsync();
                await test.Store.CompactAsync();
            }
        }

        Assert.That(walked, Is.EqualTo(Places(whole)));
    }

    [Test]
    public async Task An_offset_past_everything_gives_an_empty_page_and_the_true_total([Values(600L, 1L << 40, long.MaxValue)] long offset)
    {
        await using StoreUnderTest test = new();
        await WriteAsync(test, new ListRows(new Random(1)), batches: 6, second: 0);
        SampleList list = await test.Store.ListAsync(Query(int.MaxValue) with { Offset = offset, CountTotal = true }, CancellationToken.None);
        Assert.That((list.RowCount, list.Total, list.HasMore), Is.EqualTo((0, 600L, false)));
    }

    [Test]
    public async Task What_needs_no_look_at_samples_counts_as_none_read()
    {
        await using StoreUnderTest test = new();
        await WriteAsync(test, new ListRows(new Random(1)), batches: 6, second: 0);
        await test.Store.SealAsync();
        SampleList list = await test.Store.ListAsync(Query(10) with { Offset = 1_000_000, CountTotal = true, MaxRows = 1 }, CancellationToken.None);
        Assert.That(list.Total, Is.EqualTo(600));
    }

    [Test]
    public async Task A_list_that_must_read_more_samples_than_it_may_is_refused()
    {
        await using StoreUnderTest test = new();
        await WriteAsync(test, new ListRows(new Random(1)), batches: 6, second: 0);
        Filter filter = Filter.OfTexts(_alert.Ordinal("source"), FilterOperator.ContainsAnyOf, "1");
        Assert.That(
            async () => await test.Store.ListAsync(Query(10) with { Filters = [filter], CountTotal = true, MaxRows = 599 }, CancellationToken.None),
            Throws.TypeOf<QueryLimitException>().With.Property("Option").EqualTo("Query:MaxRows").And.Property("Limit").EqualTo(599L));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_list_that_takes_more_memory_than_it_may_is_refused_before_it_does(bool isSealed)
    {
        await using StoreUnderTest test = new();
        string padding = new('x', 30_000);
        for (int i = 0; i < 1_000; i++)
        {
            string stack = string.Concat(i.ToString("d4", null), padding);
            await test.WriteAsync([new Row(Kind.Exception, ListRows.Start + i).With("class", "c").With("stack", stack)]);
        }

        if (isSealed)
        {
            await test.Store.SealAsync();
        }

        ListQuery query = Query(1_000) with
        {
            Kind = Kind.Exception,
            Fields = [SampleSchema.Of(Kind.Exception).Ordinal("stack")],
            Pcode = Row.Project,
            MaxBytes = 20 << 20,
        };
        SampleList half = await test.Store.ListAsync(query with { Limit = 300 }, CancellationToken.None);
        Assert.That(half.AllocatedBytes, Is.InRange(300L * padding.Length, 20 << 20));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(
            async () => await test.Store.ListAsync(query, CancellationToken.None),
            Throws.TypeOf<QueryLimitException>().With.Property("Option").EqualTo("Query:MaxResultBytes"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(200 << 20));
    }

    [Test]
    public async Task No_sample_older_than_its_retention_is_listed_or_counted()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { Retention = _ => TimeSpan.FromDays(1) });
        long edge = test.Now - Day;
        await test.WriteAlertAsync(1, Guid.NewGuid(), edge - 1);
        await test.WriteAlertAsync(1, Guid.NewGuid(), edge);
        SampleList head = await test.Store.ListAsync(Query(10) with { CountTotal = true }, CancellationToken.None);
        await test.Store.SealAsync();
        SampleList block = await test.Store.ListAsync(Query(10) with { CountTotal = true }, CancellationToken.None);
        foreach (SampleList list in new[] { head, block })
        {
            Assert.That((list.Total, list.RowCount, list.Place(0).Time), Is.EqualTo((1L, 1, edge)));
        }
    }

    [Test]
    public async Task A_damaged_chunk_is_an_error_that_names_file_and_offset_and_nothing_else_fails()
    {
        await using StoreUnderTest test = new();
        await test.WriteAlertAsync(1, Guid.NewGuid(), ListRows.Start);
        await test.Store.SealAsync();
        string damaged = test.BlockFiles.Single();
        await test.WriteAlertAsync(1, Guid.NewGuid(), ListRows.Start + 20 * Day);
        await test.Store.SealAsync();
        test.Disk.Corrupt(damaged, BlockFormat.HeaderBytes + 3, 0xFF);
        await using EmbeddedStore store = test.Open();
        Assert.That(async () => await store.ListAsync(Query(10), CancellationToken.None),
            Throws.TypeOf<DamagedFileException>().With.Property("Path").EqualTo(damaged).And.Property("Offset").EqualTo((long)BlockFormat.HeaderBytes));
        SampleList newest = await store.ListAsync(Query(1), CancellationToken.None);
        Assert.That(newest.Place(0).Time, Is.EqualTo(ListRows.Start + 20 * Day));
    }

    [Test]
    public async Task A_flipped_bit_anywhere_never_changes_a_list()
    {
        await using StoreUnderTest test = new();
        ListRows made = new(new Random(9));
        await test.WriteAsync(made.Batch(Kind.Alert, 1, 150, 0));
        await test.Store.SealAsync();
        ListQuery query = Query(1_000) with { Order = ListOrder.ById, CountTotal = true };
        string expected = ListRows.Lines(query, await test.Store.ListAsync(query, CancellationToken.None));
        string block = test.BlockFiles.Single();
        byte[] whole = test.Disk.Bytes(block);
        Assert.Multiple(async () =>
        {
            for (int offset = 0; offset < whole.Length; offset += 31)
            {
                test.Disk.Corrupt(block, offset, (byte)(whole[offset] ^ 0x10));
                await using EmbeddedStore store = test.Open();
                try
                {
                    Assert.That(ListRows.Lines(query, await store.ListAsync(query, CancellationToken.None)), Is.EqualTo(expected));
                }
                catch (DamagedFileException damage)
                {
                    Assert.That(damage.Path, Is.EqualTo(block));
                }

                test.Disk.Corrupt(block, offset, whole[offset]);
            }
        });
    }

    [Test]
    public async Task Alerts_that_share_an_id_are_all_found_in_memory_and_in_a_block()
    {
        Guid id = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");
        await using StoreUnderTest test = new();
        for (int i = 0; i < 3; i++)
        {
            await test.WriteAlertAsync(1, id, ListRows.Start + i);
        }

        ListQuery query = Query(10) with { Filters = [Filter.OfTexts(_alert.Ordinal("id"), FilterOperator.AnyOf, id.ToString("D"))] };
        int inMemory = (await test.Store.ListAsync(query, CancellationToken.None)).RowCount;
        await test.Store.SealAsync();
        Assert.That((inMemory, (await test.Store.ListAsync(query, CancellationToken.None)).RowCount), Is.EqualTo((3, 3)));
    }

    [Test]
    public async Task The_watermark_is_the_present()
    {
        await using StoreUnderTest test = new();
        Assert.That(await test.Store.WatermarkAsync(CancellationToken.None), Is.EqualTo(test.Now));
    }

    [Test]
    public async Task A_list_is_given_up_when_its_caller_leaves()
    {
        await using StoreUnderTest test = new();
        await test.WriteAlertAsync(1, Guid.NewGuid());
        Assert.That(async () => await test.Store.ListAsync(Query(1), new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    private static ListQuery Query(int limit) => new()
    {
        Pcode = 1,
        Kind = Kind.Alert,
        Range = TimeRange.All,
        Fields = [.. Enumerable.Range(0, _alert.Fields.Length)],
        Limit = limit,
    };

    private static async Task WriteAsync(StoreUnderTest test, ListRows made, int batches, long second)
    {
        for (int i = 0; i < batches; i++)
        {
            await test.WriteAsync([.. made.Batch(Kind.Alert, 1, 100, 0).Select(row => Moved(row, second * 1_000))]);
        }
    }

    private static Row Moved(Row row, long milliseconds)
    {
        Row moved = new(row.Kind, row.Time + milliseconds) { Pcode = row.Pcode };
        foreach (Field field in _alert.Fields)
        {
            if (field.Ordinal != KindSchema.Time && row[field.Ordinal] is string text)
            {
                moved.With(field.Name, text);
            }
        }

        return moved;
    }

    private static List<SampleId> Places(SampleList list) => [.. Enumerable.Range(0, list.RowCount).Select(list.Place)];
}
