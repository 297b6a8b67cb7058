using NUnit.Framework;
using TimeSeries.Core.Codecs;

namespace TimeSeries.Tests.Codecs;

/// <summary>What is written byte by byte, and what is refused of it. Expected bytes are those of LEB128 and of its zigzag form.</summary>
[TestFixture]
internal sealed class ByteCodingTests
{
    [TestCase(0UL, "00")]
    [TestCase(127UL, "7F")]
    [TestCase(128UL, "8001")]
    [TestCase(300UL, "AC02")]
    [TestCase(16_384UL, "808001")]
    [TestCase(ulong.MaxValue, "FFFFFFFFFFFFFFFFFF01")]
    public void A_number_takes_7_bits_a_byte(ulong number, string expected)
    {
        string written = Written(writer => writer.Varint(number));
        ByteReader reader = new(Convert.FromHexString(expected));
        Assert.That((written, reader.Varint(), reader.Remaining), Is.EqualTo((expected, number, 0)));
    }

    [TestCase(0L, "00")]
    [TestCase(-1L, "01")]
    [TestCase(1L, "02")]
    [TestCase(-65L, "8101")]
    [TestCase(long.MaxValue, "FEFFFFFFFFFFFFFFFF01")]
    [TestCase(long.MinValue, "FFFFFFFFFFFFFFFFFF01")]
    public void A_number_with_a_sign_is_small_either_way(long number, string expected)
    {
        string written = Written(writer => writer.Signed(number));
        ByteReader reader = new(Convert.FromHexString(expected));
        Assert.That((written, reader.Signed()), Is.EqualTo((expected, number)));
    }

    [Test]
    public void Fixed_numbers_and_texts_are_read_in_the_order_they_were_written()
    {
        const string Expected = "FF" + "FEFFFFFF" + "04030201" + "FDFFFFFFFFFFFFFF" + "0807060504030201" + "026162" + "0A0B";
        string written = Written(writer =>
        {
            writer.Byte(0xFF);
            writer.Int32(-2);
            writer.UInt32(0x01020304);
            writer.Int64(-3);
            writer.UInt64(0x0102030405060708);
            writer.Text("ab"u8);
            writer.Bytes([10, 11]);
        });
        ByteReader reader = new(Convert.FromHexString(Expected));
        var numbers = (reader.Byte(), reader.Int32(), reader.UInt32(), reader.Int64(), reader.UInt64());
        string text = Convert.ToHexString(reader.Text());
        Assert.Multiple(() =>
        {
            Assert.That(written, Is.EqualTo(Expected));
            Assert.That(numbers, Is.EqualTo(((byte)0xFF, -2, 0x01020304U, -3L, 0x0102030405060708UL)));
            Assert.That(text, Is.EqualTo("6162"));
        });
    }

    [Test]
    public void What_was_written_is_kept_when_room_is_made_for_more()
    {
        ByteWriter writer = new();
        for (int i = 0; i < 5_000; i++)
        {
            writer.Byte((byte)(i % 251));
        }

        byte[] once = new byte[100_000];
        once.AsSpan().Fill(9);
        writer.Bytes(once);
        Assert.Multiple(() =>
        {
            Assert.That(writer.Count, Is.EqualTo(105_000));
            Assert.That(writer.Written.ToArray(), Is.EqualTo(Enumerable.Range(0, 5_000).Select(i => (byte)(i % 251)).Concat(once)));
            Assert.That(writer.WrittenMemory.ToArray(), Is.EqualTo(writer.Written.ToArray()));
        });
    }

    [Test]
    public void The_end_is_dropped_a_byte_set_and_all_begun_again()
    {
        ByteWriter writer = new();
        writer.Bytes([1, 2, 3, 4]);
        writer.Truncate(3);
        writer.Patch(1, 9);
        byte[] kept = writer.Written.ToArray();
        writer.Clear();
        Assert.That((Convert.ToHexString(kept), writer.Count), Is.EqualTo(("010903", 0)));
    }

    [TestCase("8080808080808080808001", "a number is too long")]
    [TestCase("80", "the bytes end too soon")]
    public void A_number_that_does_not_end_is_refused(string bytes, string reason) => AssertRefused(bytes, reason, reader => reader.Varint());

    [TestCase("020001", 2)]
    [TestCase("00", 0)]
    public void A_count_is_at_most_the_bytes_behind_it(string bytes, int expected) =>
        Assert.That(new ByteReader(Convert.FromHexString(bytes)).Count(), Is.EqualTo(expected));

    [Test]
    public void A_greater_count_is_refused() => AssertRefused("0300FF", "a count is greater than what follows", reader => reader.Count());

    [Test]
    public void A_size_fits_31_bits()
    {
        Assert.That(new ByteReader(Convert.FromHexString("FFFFFFFF07")).Size(), Is.EqualTo(int.MaxValue));
        AssertRefused("8080808008", "a size is too great", reader => reader.Size());
    }

    [Test]
    public void A_limit_itself_is_refused()
    {
        Assert.That(new ByteReader([4]).Below(5), Is.EqualTo(4));
        AssertRefused("05", "a value is impossible", reader => reader.Below(5));
    }

    [TestCase(3)]
    [TestCase(-1)]
    public void No_more_is_taken_than_there_is_and_nothing_backwards(int count) =>
        AssertRefused("0102", "the bytes end too soon", reader => reader.Take(count).Length);

    private static void AssertRefused(string bytes, string reason, Func<ByteReader, object> read) =>
        Assert.That(() => read(new ByteReader(Convert.FromHexString(bytes))), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(reason));

    private static string Written(Action<ByteWriter> write)
    {
        ByteWriter writer = new();
        write(writer);
        return Convert.ToHexString(writer.Written);
    }
}
