using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Codecs;

public sealed class BatchCodecTests
{
    // The column of a row's time: the number 7 as a distance of a byte from 7.
    private const string Name = "0474696D65";
    private const string Time = Name + "0B000000" + "0101" + "0700000000000000" + "00";

    private static readonly KindSchema _transaction = SampleSchema.Of(Kind.Transaction);

    [Test]
    public void Any_batch_comes_back_as_it_was() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll<int, PositiveInt>((seed, rows) =>
        {
            SampleBatch batch = CodecBatch.Random(seed, Math.Min(rows.Get, 200));
            return CodecBatch.Lines(CodecBatch.Decode(CodecBatch.Encode(batch))).SequenceEqual(CodecBatch.Lines(batch));
        }));

    [Test]
    public void Long_batches_come_back_as_they_were([Values(1, 2, 3)] int seed)
    {
        SampleBatch batch = CodecBatch.Random(seed, 2_000);
        Assert.That(CodecBatch.Lines(CodecBatch.Decode(CodecBatch.Encode(batch))), Is.EqualTo(CodecBatch.Lines(batch)));
    }

    [Test]
    public void Random_bytes_are_refused_or_read_but_never_throw() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll<byte[]>(bytes =>
        {
            SampleBatch batch = new();
            bool read = BatchCodec.TryRead([1, .. bytes], batch, out string? reason);
            return read == reason is null && (read || batch.RowCount == 0);
        }));

    [Test]
    public void Mutated_bytes_never_throw_and_never_take_much_memory()
    {
        Random random = new(17);
        for (int round = 0; round < 3_000; round++)
        {
            byte[] bytes = CodecBatch.Encode(CodecBatch.Random(round % 40, 60));
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            SampleBatch batch = new();
            BatchCodec.TryRead(bytes, batch, out _);

            // At most a value of 8 bytes a row and field, a row a byte, and arrays double when they grow.
            Assert.That(batch.AllocatedBytes, Is.LessThan(bytes.Length * 8L * 32 * 2 + 1_000_000));
        }
    }

    [Test]
    public void A_batch_cut_at_any_byte_is_refused()
    {
        byte[] bytes = CodecBatch.Encode(CodecBatch.Random(3, 20));
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.That(BatchCodec.TryRead(bytes.AsSpan(0, length), new SampleBatch(), out _), Is.False, $"{length} of {bytes.Length}");
        }
    }

    [Test]
    public void A_refused_batch_is_left_empty_and_can_be_used_again()
    {
        byte[] bytes = CodecBatch.Encode(CodecBatch.Random(3, 20));
        SampleBatch batch = new();
        BatchCodec.TryRead(bytes.AsSpan(0, bytes.Length - 1), batch, out _);
        int rows = batch.RowCount;
        Assert.That((rows, BatchCodec.TryRead(bytes, batch, out _)), Is.EqualTo((0, true)));
    }

    [Test]
    public void Another_version_is_refused_by_name()
    {
        BatchCodec.TryRead([9, 255], new SampleBatch(), out string? reason);
        Assert.That(reason, Is.EqualTo("The batch has format version 9; this program reads version 1."));
    }

    // A table is its kind, its rows, columns and a 0; a column its name, the length of its body, and that; 255 ends the tables.
    [TestCase("0100" + "00000000" + "FF", "a table has no rows, or more than it has bytes")]
    [TestCase("0100" + "0B000000" + "00FF", "a table has no rows, or more than it has bytes")]
    [TestCase("0100" + "01000000" + "00FF", "the table transaction has no time")]
    [TestCase("0100" + "01000000" + Time + "00" + "00" + "01000000" + Time + "00FF", "the kind transaction has two tables")]
    [TestCase("0100" + "01000000" + Time + Time + "00FF", "the column transaction.time makes no sense")]
    [TestCase("0100" + "01000000" + Time + "00FF" + "00", "bytes follow the last table")]
    [TestCase("0100" + "01000000" + Name + "0C000000" + "0101" + "0000000000000000" + "0000" + "00FF", "the column transaction.time makes no sense")]
    [TestCase("0100" + "01000000" + Name + "0B000000" + "0401" + "0000000000000000" + "00" + "00FF", "the column transaction.time makes no sense")]
    [TestCase("0100" + "01000000" + Name + "0B000000" + "0103" + "0000000000000000" + "00" + "00FF", "the column transaction.time makes no sense")]
    [TestCase("0100" + "01000000" + Time + "00", "the bytes end too soon")]
    public void What_makes_no_sense_is_refused_with_the_reason(string bytes, string reason)
    {
        BatchCodec.TryRead(Convert.FromHexString(bytes), new SampleBatch(), out string? told);
        Assert.That(told, Is.EqualTo($"The batch is damaged: {reason}."));
    }

    [Test]
    public void One_row_with_a_time_alone_is_these_bytes()
    {
        SampleBatch batch = CodecBatch.Decode(Convert.FromHexString("0100" + "01000000" + Time + "00FF"));
        Assert.Multiple(() =>
        {
            Assert.That(batch.Find(Kind.Transaction)!.FindNumbers(KindSchema.Time)!.Values.ToArray(), Is.EqualTo(new long[] { 7 }));
            Assert.That(Convert.ToHexString(CodecBatch.Encode(batch)), Is.EqualTo("0100" + "01000000" + Time + "00FF"));
        });
    }

    [TestCase("", false)]
    [TestCase("00", false)]
    [TestCase("01FF", false)]
    [TestCase("02", true)]
    public void A_later_version_is_told_by_its_first_byte(string bytes, bool isNewer) =>
        Assert.That(BatchCodec.IsNewer(Convert.FromHexString(bytes)), Is.EqualTo(isNewer));

    [Test]
    public void Only_texts_that_rows_mean_are_kept()
    {
        SampleBatch batch = Transactions(3);
        TextColumn service = batch.Table(Kind.Transaction).Texts(_transaction.Ordinal("service"));
        service.AddText("never meant"u8);
        for (int row = 0; row < 3; row++)
        {
            service.Set(row, row == 1 ? "/b"u8 : "/a"u8);
        }

        byte[] bytes = CodecBatch.Encode(batch);
        Assert.Multiple(() =>
        {
            Assert.That(Encoding.Latin1.GetString(bytes), Does.Not.Contain("never meant"));
            Assert.That(CodecBatch.Lines(CodecBatch.Decode(bytes)), Is.EqualTo(CodecBatch.Lines(batch)));
        });
    }

    [Test]
    public void A_distinct_dictionary_stays_one()
    {
        SampleBatch batch = Transactions(100);
        TextColumn service = batch.Table(Kind.Transaction).Texts(_transaction.Ordinal("service"));
        for (int row = 0; row < 100; row++)
        {
            service.Set(row, row % 2 == 0 ? "/a"u8 : "/b"u8);
        }

        SymbolTable read = CodecBatch.Decode(CodecBatch.Encode(batch)).Find(Kind.Transaction)!.FindTexts(_transaction.Ordinal("service"))!.Symbols;
        Assert.That((read.Distinct, read.Count), Is.EqualTo((true, 2)));
    }

    [Test]
    public void Texts_can_be_added_to_a_column_that_was_read()
    {
        SampleBatch batch = Transactions(2);
        TextColumn service = batch.Table(Kind.Transaction).Texts(_transaction.Ordinal("service"));
        service.Set(0, "/a"u8);
        service.Set(1, "/b"u8);
        TextColumn read = CodecBatch.Decode(CodecBatch.Encode(batch)).Find(Kind.Transaction)!.FindTexts(_transaction.Ordinal("service"))!;
        Assert.That((read.AddText("/b"u8), read.AddText("/c"u8)), Is.EqualTo((1, 2)));
    }

    [Test]
    public void A_number_that_all_rows_share_takes_no_bytes_a_row()
    {
        SampleBatch batch = Transactions(10_000);
        int before = CodecBatch.Encode(batch).Length;
        NumberColumn status = batch.Table(Kind.Transaction).Numbers(_transaction.Ordinal("status"));
        status.Extend(10_000).Fill(200);
        Assert.That(CodecBatch.Encode(batch).Length - before, Is.LessThan(40));
    }

    [Test]
    public void Times_that_rise_by_little_take_a_byte_each()
    {
        Assert.That(CodecBatch.Encode(Transactions(10_000)), Has.Length.InRange(10_000, 10_100));
    }

    [Test]
    public void A_field_that_no_sample_has_gets_no_column()
    {
        SampleBatch batch = Transactions(3);
        batch.Table(Kind.Transaction).Numbers(_transaction.Ordinal("status")).PadTo(3);
        batch.Table(Kind.Transaction).Texts(_transaction.Ordinal("service")).PadTo(3);
        SampleTable read = CodecBatch.Decode(CodecBatch.Encode(batch)).Find(Kind.Transaction)!;
        Assert.That((read.Has(_transaction.Ordinal("status")), read.Has(_transaction.Ordinal("service"))), Is.EqualTo((false, false)));
    }

    [Test]
    public void A_field_of_an_unknown_name_is_passed_over()
    {
        byte[] bytes = CodecBatch.Encode(Transactions(3));
        byte[] unknown = [7, .. "later_x"u8, 3, 0, 0, 0, 1, 2, 3];

        // Before the two end marks: of the table's columns and of the tables.
        byte[] extended = [.. bytes[..^2], .. unknown, .. bytes[^2..]];
        Assert.That(CodecBatch.Lines(CodecBatch.Decode(extended)), Is.EqualTo(CodecBatch.Lines(Transactions(3))));
    }

    [Test]
    public void A_table_of_an_unknown_kind_is_passed_over()
    {
        byte[] bytes = CodecBatch.Encode(Transactions(3));
        byte[] unknown = [200, 1, 0, 0, 0, 1, (byte)'t', 1, 0, 0, 0, 9, 0];
        byte[] extended = [.. bytes[..^1], .. unknown, .. bytes[^1..]];
        Assert.That(CodecBatch.Lines(CodecBatch.Decode(extended)), Is.EqualTo(CodecBatch.Lines(Transactions(3))));
    }

    [Test]
    public void Columns_are_found_by_name_in_any_order()
    {
        // What a program writes whose kind has the same fields in another order: here the oid before the time.
        SampleBatch batch = Transactions(2);
        batch.Table(Kind.Transaction).Numbers(KindSchema.Oid).Extend(2).Fill(5);
        byte[] bytes = CodecBatch.Encode(batch);
        int oid = bytes.AsSpan().IndexOf("\u0003oid"u8);
        byte[] swapped = [.. bytes[..6], .. bytes[oid..^2], .. bytes[6..oid], .. bytes[^2..]];
        Assert.That(CodecBatch.Lines(CodecBatch.Decode(swapped)), Is.EqualTo(CodecBatch.Lines(batch)));
    }

    private static SampleBatch Transactions(int rows)
    {
        SampleBatch batch = new();
        SampleTable table = batch.Table(Kind.Transaction);
        table.RowCount = rows;
        NumberColumn times = table.Numbers(KindSchema.Time);
        for (int row = 0; row < rows; row++)
        {
            times.Set(row, 1_700_000_000_000 + row * 3);
        }

        return batch;
    }
}
