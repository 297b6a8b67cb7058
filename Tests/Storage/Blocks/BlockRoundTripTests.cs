using System.Text;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Compaction;
using TimeSeries.Core.Storage.Embedded.Heads;
using TimeSeries.Core.Threads;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Aggregate;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Blocks;

/// <summary>What a head holds, read back from the block that is made of it, and from a block merged of several.</summary>
[TestFixture]
public sealed class BlockRoundTripTests
{
    private const string Path = "/blocks/one.block";
    private const long Start = 1_674_950_400_000;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    private readonly FaultyFileSystem _disk = new();
    private CoreInstruments _instruments = null!;
    private StoreContext _context = null!;

    [SetUp]
    public void SetUp()
    {
        _instruments = new CoreInstruments();
        _context = StoreUnderTest.Context(_disk, _instruments);
    }

    [TearDown]
    public void TearDown() => _instruments.Dispose();

    [Test]
    public void Rows_come_back_sorted_by_project_time_and_sequence_number()
    {
        (Row Row, long Number)[] rows = Numbered(
            [.. RowGenerator.Transactions(1, 3_000, 50_000, Start), .. RowGenerator.Transactions(2, 2_000, 40_000, Start, pcode: -5)], 100);
        Assert.That(Read(Seal(rows)), Is.EqualTo(Sorted(rows)));
    }

    [Test]
    public void Merged_blocks_hold_what_their_sources_held()
    {
        (Row Row, long Number)[] first = Numbered(
            [.. RowGenerator.Transactions(1, 3_000, 50_000, Start), .. RowGenerator.Transactions(2, 20, 40_000, Start, pcode: 2)], 0);
        (Row Row, long Number)[] second = Numbered(RowGenerator.Transactions(3, 20_000, 50_000, Start + 20_000), 10_000);
        (Row Row, long Number)[] third = Numbered(RowGenerator.Transactions(4, 10, 50_000, Start - 90_000_000, pcode: 3), 90_000);
        BlockReader[] sources = [Seal(first), Seal(second), Seal(third)];
        using MergingRows merge = new(_schema, sources, 100, Scratch(), CancellationToken.None);
        Assert.That(Read(Write(merge)), Is.EqualTo(Sorted([.. first, .. second, .. third])));
    }

    [Test]
    public void Texts_that_begin_to_repeat_over_blocks_get_a_dictionary()
    {
        string[] users = [.. Enumerable.Range(0, 300).Select(user => "user" + user)];
        BlockReader[] sources = [.. Enumerable.Range(0, 5).Select(block => Seal(Numbered(
            [.. users.Select((user, i) => Row.Transaction(1, Start + i, "s", 1).With("remote_ip", user))], block * 300)))];
        int column = _schema.Ordinal("remote_ip");
        Assert.That(sources[0].Index.Columns[column]!.HasDictionary, Is.False);
        using MergingRows merge = new(_schema, sources, 100, Scratch(), CancellationToken.None);
        Assert.That(Write(merge).Index.Columns[column]!.TextCount, Is.EqualTo(300));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Ids_of_agents_come_back_whether_they_go_with_names_or_not(bool isOther)
    {
        (Row Row, long Number)[] rows = Numbered([.. Enumerable.Range(0, 20_000).Select(i =>
            Row.Transaction(1, Start + i, "s", 1).With("oname", "agent" + i % 20).With("oid", i == 19_999 && isOther ? 7L : i % 20 * 1_000_003L))], 0);
        BlockReader source = Seal(rows);
        Assert.That(Read(source), Is.EqualTo(Sorted(rows)));
        using MergingRows merge = new(_schema, [source], 100, Scratch(), CancellationToken.None);
        BlockReader merged = Write(merge);
        Assert.That(Read(merged), Is.EqualTo(Sorted(rows)));
        foreach (BlockReader block in (BlockReader[])[source, merged])
        {
            // A table of 20 ids and a head, or in the second chunk 5 bits a row.
            Assert.That(block.Index.Columns[KindSchema.Oid]!.Chunks.Select(chunk => chunk.Length < 200), Is.EqualTo([true, !isOther]));
        }
    }

    [Test]
    public void Columns_are_found_by_name_when_the_kind_has_another_order_of_fields([Values] Kind kind)
    {
        KindSchema today = SampleSchema.Of(kind);
        KindSchema other = OtherSchema.Reordered(today);

        // A column is told from the others by where it lies. The field that is unknown today has none.
        ColumnIndex?[] columns =
        [
            .. other.Fields.Select(field => today.Find(field.Name) is { } known ? ColumnOf(known.IsText, known.Ordinal) : null),
            ColumnOf(isText: false, today.Fields.Length),
        ];
        ByteWriter footer = new();
        SectionIndex section = new() { Pcode = 1, RowCount = 1, FirstChunk = 0, ChunkCount = 1, FirstTime = 5, LastTime = 5 };
        BlockFooter.Write(new BlockIndex { Schema = other, Sections = [section], Chunks = [new ChunkIndex(1, 5, 5)], Columns = columns }, footer);

        ColumnIndex?[] read = BlockFooter.Read(footer.Written, today).Columns;
        Assert.That(read.Select(column => column?.Chunks[0].Offset), Is.EqualTo(Enumerable.Range(0, today.Fields.Length + 1)));
    }

    [Test]
    public void Long_texts_make_short_chunks() => Assert.That(BlockFormat.ChunkRows(64 << 10), Is.EqualTo(256));

    [Test]
    public void Rows_are_packed_into_few_bytes()
    {
        Random random = new(1);
        Row[] rows = [.. Enumerable.Range(0, 20_000).Select(i => Row.Transaction(1, Start + i, "/service/" + random.Next(400), random.Next(1_000) * 1_000L)
            .With("txid", random.NextInt64().ToString("x16", null)).With("status", 200).With("remote_ip", "10.0.0." + random.Next(200)))];
        Seal(Numbered(rows, 0));
        // 8 for the id, 10 bits for the duration, 9 and 8 for the texts, and what the rollups of 400 services take.
        Assert.That(_disk.Bytes(Path).Length / (double)rows.Length, Is.LessThan(20));
    }

    private static (Row Row, long Number)[] Numbered(IEnumerable<Row> rows, long first) =>
        [.. rows.Select((row, i) => (row, first + i))];

    private static List<string> Sorted((Row Row, long Number)[] rows) =>
        [.. rows.OrderBy(row => row.Row.Pcode).ThenBy(row => row.Row.Time).ThenBy(row => row.Number).Select(row => $"{row.Number} {row.Row}")];

    private BlockScratch Scratch() => new(_context, CooperativeYield.Urgent);

    private static ColumnIndex ColumnOf(bool isText, int offset) =>
        new() { IsText = isText, Chunks = [new Extent(offset, 1)], Least = [0], Greatest = [0] };

    private BlockReader Seal((Row Row, long Number)[] rows)
    {
        Head head = new(_context.Pool);
        int start = 0;
        for (int i = 1; i <= rows.Length; i++)
        {
            // A batch is of one project; lengths vary so that batches end anywhere.
            if (i == rows.Length || rows[i].Row.Pcode != rows[start].Row.Pcode || i - start == 777)
            {
                head.Append(Row.BatchOf([.. rows[start..i].Select(row => row.Row)], rows[start].Number), new LogPosition(i), 0);
                start = i;
            }
        }

        return Write(new HeadRows(_schema, head.TablesOf(Kind.Transaction), Scratch()));
    }

    private BlockReader Write(IBlockRows rows)
    {
        BlockEntry entry;
        using (IFile file = _disk.Create(Path))
        {
            entry = new BlockBuilder(file, rows, Scratch()).Write(1, CancellationToken.None);
        }

        string own = "/blocks/" + Guid.NewGuid();
        byte[] bytes = _disk.Bytes(Path);
        using (IFile copy = _disk.Create(own))
        {
            copy.Write(bytes, 0);
        }

        // Each block has the id 1, so none may find another's chunks in its cache.
        return new Block(StoreUnderTest.Context(_disk, _instruments), own, entry).Open();
    }

    private static List<string> Read(BlockReader columns)
    {
        List<string> rows = [];
        using BlockChunk chunk = new(columns);
        long[] numbers = new long[BlockFormat.MaxChunkRows];
        foreach (SectionIndex section in columns.Index.Sections)
        {
            for (int i = section.FirstChunk; i < section.FirstChunk + section.ChunkCount; i++)
            {
                chunk.MoveTo(i);
                columns.ReadNumbers(BlockIndex.NumberColumnOf(_schema), i, numbers.AsSpan(0, chunk.RowCount));
                for (int row = 0; row < chunk.RowCount; row++)
                {
                    rows.Add($"{numbers[row]} {RowOf(chunk, section.Pcode, row)}");
                }
            }
        }

        return rows;
    }

    private static Row RowOf(BlockChunk chunk, long pcode, int row)
    {
        Row read = new(_schema) { Pcode = pcode };
        foreach (Field field in _schema.Fields)
        {
            ReadOnlySpan<int> codes = field.IsText ? chunk.Codes(field.Ordinal) : [];
            ReadOnlySpan<long> numbers = field.IsText ? [] : chunk.Numbers(field.Ordinal);
            if (!codes.IsEmpty && codes[row] != TextColumn.Missing)
            {
                read.With(field.Name, Encoding.UTF8.GetString(chunk.Symbols(field.Ordinal)[codes[row]]));
            }
            else if (!numbers.IsEmpty && numbers[row] != NumberColumn.Missing)
            {
                read.With(field.Name, numbers[row]);
            }
        }

        return read;
    }
}
