using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Tests.Golden;
using TimeSeries.Tests.Storage.Scanning;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Blocks;

/// <summary>Filters of texts in blocks: what they rule out, and what damage to them costs.</summary>
public sealed class BloomFilterTests
{
    private const long Start = 1_674_950_400_000;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);
    private static readonly int _txid = _schema.Ordinal("txid");
    private static readonly int _user = _schema.Ordinal("user_id");

    private StoreUnderTest _test = null!;

    [SetUp]
    public void SetUp() => _test = new StoreUnderTest();

    [TearDown]
    public async Task TearDown() => await _test.DisposeAsync();

    [Test]
    public async Task Few_texts_that_are_not_there_pass_a_filter_and_all_that_are_there_do([Values(1_024, 5_000, 16_384, 100_000)] int count)
    {
        await WriteAsync(count, user: null);
        BlockReader block = Open();
        BloomFilterIndex filter = block.Index.Columns[_txid]!.ChunkFilter(0)!;
        int chunks = block.Index.Chunks.Length;
        int passed = 0;
        for (int number = 0; number < 2_000; number++)
        {
            bool[] mayHold = new bool[chunks];
            block.AskFilter(filter, Txid(number * (count - 1) / 1_999), mayHold);
            Assert.That(mayHold[number * (count - 1) / 1_999 / BlockFormat.MaxChunkRows], Is.True);

            bool[] others = new bool[chunks];
            block.AskFilter(filter, Txid(count + number), others);
            passed += others.Count(mayBe => mayBe);
        }

        // A chunk of few texts has none and is always read.
        int always = filter.LinesOfParts.Count(lines => lines == 0) * 2_000;
        Assert.That(passed - always, Is.LessThan(0.04 * 2_000 * chunks));
    }

    [Test]
    public async Task A_filter_takes_about_a_byte_a_text([Values(1_024, 20_000, 300_000)] int count)
    {
        await WriteAsync(count, user: null);
        long bytes = Open().Index.Columns[_txid]!.Filters.SelectMany(filter => filter.Pages).Sum(page => (long)page.Length);
        Assert.That(bytes, Is.InRange(0.9 * count, 1.1 * count));
    }

    [Test]
    public async Task Columns_get_filters_by_how_many_texts_they_have_and_not_by_their_names()
    {
        await WriteAsync(4_000, number => "user" + (number % 2_000));
        ColumnIndex?[] columns = Open().Index.Columns;
        Assert.That(columns[_txid]!.ChunkFilter(0), Is.Not.Null);
        Assert.That((columns[_user]!.HasDictionary, columns[_user]!.DictionaryFilter is null), Is.EqualTo((true, false)));
        Assert.That(columns[_schema.Ordinal("service")]!.DictionaryFilter, Is.Null);
    }

    [Test]
    public async Task A_text_of_another_chunk_is_found_although_the_rest_can_not_be_read([Values] bool isDictionary)
    {
        const int Rows = 2 * BlockFormat.MaxChunkRows;
        int field = isDictionary ? _user : _txid;
        await WriteAsync(Rows, number => "user" + (number / 2));
        ColumnIndex column = Open().Index.Columns[field]!;
        Assert.That((column.HasDictionary, column.Chunks.Length), Is.EqualTo((isDictionary, 2)));
        _test.Disk.BreakSectors(_test.BlockFiles.Single(), column.Chunks[0].Offset, column.Chunks[0].Length);
        await using EmbeddedStore store = _test.Open();
        foreach (int row in (int[])[20_000, 20_002, 30_001])
        {
            string text = isDictionary ? "user" + (row / 2) : Encoding.UTF8.GetString(Txid(row));
            Assert.That((await store.ListAsync(Query(field, text), CancellationToken.None)).Total, Is.EqualTo(isDictionary ? 2 : 1));
        }

        Assert.That(
            async () => await store.ListAsync(Query(field, isDictionary ? "user5" : Encoding.UTF8.GetString(Txid(5))), CancellationToken.None),
            Throws.TypeOf<DamagedFileException>());
    }

    [Test]
    public async Task Damage_anywhere_in_a_filter_changes_no_result_and_is_counted([Values] bool isDictionary)
    {
        const int Rows = 2_400;
        int field = isDictionary ? _user : _txid;
        await WriteAsync(Rows, number => "user" + (number / 2));
        string block = _test.BlockFiles.Single();
        byte[] whole = _test.Disk.Bytes(block);
        Extent page = Open().Index.Columns[field]!.Filters.Single().Pages.Single();
        for (int offset = (int)page.Offset; offset < page.Offset + page.Length; offset += offset < page.Offset + 16 ? 1 : 61)
        {
            _test.Disk.Corrupt(block, offset, (byte)(whole[offset] ^ 0x10));
            await using StoreUnderTest fresh = new();
            await using EmbeddedStore store = EmbeddedStore.Open(
                _test.Disk, StoreUnderTest.Folder, StoreUnderTest.NodeId, _test.Options, _ => StoreUnderTest.Threshold, _test.Clock, fresh.Instruments,
                NullLogger.Instance);
            long damagedReads = 0;
            using MeterListener listener = new();
            listener.SetMeasurementEventCallback<long>((_, value, _, _) => damagedReads += value);
            listener.EnableMeasurementEvents(fresh.Instruments.DamagedReads);
            listener.Start();
            foreach (string text in (string[])[isDictionary ? "user7" : Encoding.UTF8.GetString(Txid(7)), "no such text"])
            {
                ListQuery query = Query(field, text);
                SampleList list = await store.ListAsync(query, CancellationToken.None);
                Assert.That(ListRows.Lines(query, list), Is.EqualTo(await ListRows.ExpectedAsync(query, _test.Rows)), $"offset {offset}");
            }

            Assert.That(damagedReads, Is.AtLeast(2));
            store.Maintenance.ScrubNext(CancellationToken.None);
            Assert.That(fresh.Instruments.Damage.Found.Select(damage => (damage.Path, damage.Offset)), Is.EqualTo(new[] { (block, page.Offset) }));
            _test.Disk.Corrupt(block, offset, whole[offset]);
        }
    }

    [Test]
    public async Task A_block_with_a_damaged_filter_stays_where_it_is_and_its_next_merge_makes_the_filter_again()
    {
        await WriteAsync(2_000, user: null);
        _test.Options = new EmbeddedStoreOptions { QuarantinesDamaged = true };
        string block = _test.BlockFiles.Single();
        long page = Open().Index.Columns[_txid]!.Filters.Single().Offset;
        _test.Disk.Corrupt(block, page + 3, (byte)(_test.Disk.Bytes(block)[page + 3] ^ 1));
        await using EmbeddedStore store = _test.Open();
        store.Maintenance.ScrubNext(CancellationToken.None);
        FoundDamage told = _test.Instruments.Damage.Found.Single();
        Assert.That((told.Samples, told.Loss), Is.EqualTo(
            (0L, "No sample is lost and no query fails, but look-ups of texts and ids read more until the block is repaired or merged.")));
        Assert.That(_test.BlockFiles, Does.Contain(block));

        await store.WriteAsync(Row.BatchOf(Rows(500, user: null), 5_000), new(2), CancellationToken.None);
        await store.SealAsync();
        await store.CompactAsync();
        BlockReader merged = Open();
        BloomFilterIndex filter = merged.Index.Columns[_txid]!.ChunkFilter(0)!;
        bool[] mayHold = new bool[1];
        merged.AskFilter(filter, "no such text"u8, mayHold);
        Assert.That(mayHold, Is.EqualTo(new[] { false }));
    }

    [Test]
    public async Task A_repair_of_a_block_with_a_damaged_filter_loses_nothing()
    {
        await WriteAsync(2_000, user: null);
        string block = _test.BlockFiles.Single();
        long page = Open().Index.Columns[_txid]!.Filters.Single().Offset;
        _test.Disk.Corrupt(block, page + 3, (byte)(_test.Disk.Bytes(block)[page + 3] ^ 1));
        await using (EmbeddedStore store = _test.Open())
        {
            StoreRepair repair = store.BeginRepair();
            repair.RepairBlocks(CancellationToken.None);
            Assert.That(repair.Actions.Single(), Does.Contain("2000 of 2000 samples are in a new block"));
        }

        BlockReader repaired = Open();
        bool[] mayHold = new bool[1];
        repaired.AskFilter(repaired.Index.Columns[_txid]!.ChunkFilter(0)!, Txid(77), mayHold);
        Assert.That(mayHold, Is.EqualTo(new[] { true }));
    }

    [Test]
    public async Task Damage_in_the_filter_of_alert_ids_hides_no_alert_and_fails_no_look_up()
    {
        Guid[] ids = [.. Enumerable.Range(0, 20).Select(number => new Guid(number, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]))];
        foreach (Guid id in ids)
        {
            await _test.WriteAlertAsync(1, id);
        }

        await _test.Store.SealAsync();
        Extent filter = Open().Index.AlertFilter;
        string block = _test.BlockFiles.Single();
        _test.Disk.Corrupt(block, filter.Offset, (byte)~_test.Disk.Bytes(block)[filter.Offset]);
        _test.Options = new EmbeddedStoreOptions { QuarantinesDamaged = true };
        await using EmbeddedStore store = _test.Open();
        foreach (Guid id in ids)
        {
            Assert.That(store.HasAlert(1, id), Is.True);
        }

        Assert.That(store.HasAlert(1, Guid.Empty), Is.False);
        store.Maintenance.ScrubNext(CancellationToken.None);
        Assert.That(_test.Instruments.Damage.Found.Single().Samples, Is.Zero);
        Assert.That(_test.BlockFiles, Is.EqualTo(new[] { block }));
    }

    [Test]
    public async Task Texts_whose_sender_chose_them_to_share_a_line_are_found_and_others_too()
    {
        // Of 200,000 texts those whose hashes begin alike: with some thousand texts all are in one line of the filter, which says "maybe" to any of that line.
        ulong wanted = BloomLine.HashOf(Txid(0)) >> 57;
        int[] chosen = [.. Enumerable.Range(0, 200_000).Where(number => BloomLine.HashOf(Txid(number)) >> 57 == wanted)];
        Row[] rows = [.. chosen.Take(1_400).Select((number, i) => Row.Transaction(1, Start + i, "s", 1).With("txid", Encoding.UTF8.GetString(Txid(number))))];
        Assert.That(rows, Has.Length.EqualTo(1_400));
        await _test.WriteAsync(rows);
        await _test.Store.SealAsync();
        foreach (Row row in rows.Where((_, i) => i % 100 == 0))
        {
            Assert.That((await _test.Store.ListAsync(Query(_txid, row.Text("txid")!), CancellationToken.None)).Total, Is.EqualTo(1));
        }

        foreach (int number in chosen[1_400..])
        {
            Assert.That((await _test.Store.ListAsync(Query(_txid, Encoding.UTF8.GetString(Txid(number))), CancellationToken.None)).Total, Is.Zero);
        }
    }

    [Test]
    public async Task A_block_with_filters_of_chunks_is_written_as_it_was()
    {
        await WriteAsync(1_200, user: null);
        Assert.That(Open().Index.Columns[_txid]!.ChunkFilter(0)!.LinesOfParts, Is.EqualTo(new[] { 19 }));
        GoldenFile.Compare("files/block-3-chunks.bin", _test.Disk.Bytes(_test.BlockFiles.Single()));
    }

    [Test]
    public async Task A_block_with_a_filter_of_a_dictionary_of_two_parts_is_written_as_it_was()
    {
        await _test.WriteAsync([.. Enumerable.Range(0, 2 * (BlockFormat.DictionaryPartTexts + 1_100)).Select(i =>
            Row.Transaction(1, Start + (i * 10), "s", 1_000).With("user_id", (i / 2).ToString("x4", CultureInfo.InvariantCulture)))]);
        await _test.Store.SealAsync();
        ColumnIndex users = Open().Index.Columns[_user]!;
        Assert.That((users.Dictionary.Length, users.DictionaryFilter!.PageCount > 1, users.DictionaryFilter.LinesOfParts.Length), Is.EqualTo((2, true, 2)));
        GoldenFile.Compare("files/block-3-dictionary.bin", _test.Disk.Bytes(_test.BlockFiles.Single()));
    }

    private static byte[] Txid(int number) => Encoding.UTF8.GetBytes(((ulong)(number + 1) * 0x9E3779B97F4A7C15).ToString("x16", CultureInfo.InvariantCulture));

    private static Row[] Rows(int count, Func<int, string>? user) => [.. Enumerable.Range(0, count).Select(number =>
        Row.Transaction(1, Start + number, "s", 1).With("txid", Encoding.UTF8.GetString(Txid(number))).With("user_id", user?.Invoke(number)))];

    private static ListQuery Query(int field, string text) => new()
    {
        Pcode = 1,
        Kind = Kind.Transaction,
        Range = TimeRange.All,
        Filters = [Filter.OfTexts(field, FilterOperator.AnyOf, text)],
        Fields = [.. Enumerable.Range(0, _schema.Fields.Length).Where(other => other == field || !_schema.Fields[other].IsText)],
        Limit = 10,
        CountTotal = true,
    };

    private async Task WriteAsync(int count, Func<int, string>? user)
    {
        await _test.WriteAsync(Rows(count, user));
        await _test.Store.SealAsync();
    }

    // The only block there is.
    private BlockReader Open()
    {
        string path = _test.BlockFiles.Single();
        StoreContext context = StoreUnderTest.Context(_test.Disk, _test.Instruments);
        return new Block(context, path, BlockInspection.ReadEntry(context, path)!).Open();
    }
}
