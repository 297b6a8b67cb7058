using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Blocks;

/// <summary>Footers that say what can't be, with the right checksum.</summary>
internal sealed class FooterDamageTests
{
    private const long Start = 1_674_950_400_000;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    private StoreUnderTest _test = null!;

    [SetUp]
    public async Task SetUp()
    {
        _test = new StoreUnderTest();
        await _test.WriteAsync(RowGenerator.Transactions(1, 150, 1_000_000, Start));
        await _test.Store.SealAsync();
    }

    [TearDown]
    public async Task TearDown() => await _test.DisposeAsync();

    [Test]
    public void What_was_written_is_read() => Assert.That(() => Reading(_ => { })(), Throws.Nothing);

    private static IEnumerable<TestCaseData> Impossible =>
    [
        new(Change(index => index.Chunks[0] = index.Chunks[0] with { LastTime = index.Chunks[0].FirstTime - 1 }), "a chunk has impossible times"),
        new(Change(index => index.Chunks[0] = index.Chunks[0] with { LastTime = Timestamp.GreatestMoment + 1 }), "a chunk has impossible times"),
        new(Change(index => index.Chunks[0] = index.Chunks[0] with { FirstTime = Timestamp.LeastMoment - 1 }), "a chunk has impossible times"),
        new(Change(index => index.Chunks[0] = index.Chunks[0] with { RowCount = BlockFormat.MaxChunkRows + 1 }), "a chunk has an impossible number of rows"),
        new(Change(index => index.Columns[KindSchema.Time] = null), "a row has no time"),
        new(Change(index => index.Columns[KindSchema.Time]!.Chunks[0] = default), "a row has no time"),
        new(Change(index => index.Columns[^1] = null), "a row has no sequence number"),
        new(Change(index => index.Columns[^1]!.Greatest[0] = index.Columns[^1]!.Least[0] - 1), "the greatest value of a chunk is less than its least"),
        new(Change(index => DictionaryOf(index).TextCount = int.MaxValue), "a dictionary has impossibly many texts"),
        new(Change(index => DictionaryOf(index).TextBytes = int.MaxValue), "a dictionary has impossibly many texts"),
    ];

    [TestCaseSource(nameof(Impossible))]
    public void A_footer_that_says_what_can_not_be_is_damage(Action<BlockIndex> change, string reason) =>
        Assert.That(() => Reading(change)(), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(reason));

    [Test]
    public void A_footer_without_sections_is_damage()
    {
        ByteWriter footer = new();
        BlockFooter.Write(new BlockIndex { Schema = _schema, Sections = [], Chunks = [], Columns = new ColumnIndex?[_schema.Fields.Length + 1] }, footer);
        Assert.That(() => BlockFooter.Read(footer.Written, _schema), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("it has no section"));
    }

    [Test]
    public void A_footer_with_a_project_twice_is_damage()
    {
        BlockIndex index = ReadIndex(out _);
        ByteWriter footer = new();
        BlockFooter.Write(
            new BlockIndex { Schema = _schema, Sections = [index.Sections[0], index.Sections[0]], Chunks = index.Chunks, Columns = index.Columns }, footer);
        Assert.That(() => BlockFooter.Read(footer.Written, _schema), Throws.TypeOf<InvalidDataException>().With.Message.Contains("not in its place"));
    }

    [Test]
    public async Task Times_that_lie_outside_of_their_chunk_are_damage_to_every_query_that_reads_them()
    {
        string block = _test.BlockFiles.Single();
        byte[] bytes = _test.Disk.Bytes(block);
        BlockIndex index = ReadIndex(out Extent extent);
        ChunkIndex chunk = index.Chunks[0];
        index.Chunks[0] = chunk with { LastTime = chunk.LastTime - 1 };
        ByteWriter footer = new();
        BlockFooter.Write(index, footer);
        footer.UInt32(Crc32C.Of(footer.Written));
        Assert.That(footer.Count, Is.EqualTo(extent.Length), "the file must stay as long as the manifest says");
        footer.Written.CopyTo(bytes.AsSpan((int)extent.Offset));
        _test.Disk.Corrupt(block, 0, bytes);
        await using EmbeddedStore store = _test.Open();
        ListQuery list = new() { Pcode = 1, Kind = Kind.Transaction, Range = TimeRange.All, Fields = [KindSchema.Time], Limit = 10 };
        SampleQuery windows = StoreResults.ByTxid(1, TimeRange.All) with { UseRollups = false, WindowMilliseconds = 60_000 };

        Assert.Multiple(() =>
        {
            Assert.That(async () => await store.ListAsync(list, CancellationToken.None), IsOutside(block));
            Assert.That(async () => await store.ListAsync(list with { Offset = 20 }, CancellationToken.None), IsOutside(block));
            Assert.That(async () => await store.QueryAsync(windows, CancellationToken.None), IsOutside(block));
        });
    }

    private static NUnit.Framework.Constraints.IResolveConstraint IsOutside(string block) => Throws.TypeOf<DamagedFileException>()
        .With.Property("Path").EqualTo(block).And.Property("Offset").EqualTo((long)BlockFormat.HeaderBytes).And.Message.Contains("outside of its chunk");

    private static Action<BlockIndex> Change(Action<BlockIndex> change) => change;

    private static ColumnIndex DictionaryOf(BlockIndex index) => index.Columns.First(column => column is { HasDictionary: true })!;

    private Action Reading(Action<BlockIndex> change) => () =>
    {
        BlockIndex index = ReadIndex(out _);
        change(index);
        ByteWriter footer = new();
        BlockFooter.Write(index, footer);
        _ = BlockFooter.Read(footer.Written, _schema);
    };

    private BlockIndex ReadIndex(out Extent extent)
    {
        byte[] bytes = _test.Disk.Bytes(_test.BlockFiles.Single());
        extent = BlockFormat.ReadTrailer(bytes.AsSpan(^BlockFormat.TrailerBytes..));
        return BlockFooter.Read(bytes.AsSpan((int)extent.Offset, extent.Length - BlockFormat.ChecksumBytes), _schema);
    }
}
