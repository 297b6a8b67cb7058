using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

namespace TimeSeries.Tests.Storage.Blocks;

[TestFixture]
public sealed class NumberCodecTests
{
    private static readonly Gen<long> _wild = Gen.OneOf(
        Gen.Choose(0, 3).Select(value => (long)value),
        Gen.Choose(0, int.MaxValue).Select(value => value * 1_000L),
        Gen.Choose(0, 100_000).Select(value => value * 1_000_000L),
        Gen.Elements(NumberColumn.Missing, long.MaxValue, long.MinValue + 1, -1L, 0L, 1_690_000_000_000L),
        ArbMap.Default.GeneratorFor<long>());

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Any_numbers_come_back() => Prop.ForAll(_wild.ArrayOf().ToArbitrary(), values => values.Length == 0 || Equal(values, RoundTrip(values)));

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Any_ordered_numbers_come_back() => Prop.ForAll(
        _wild.Where(value => value != NumberColumn.Missing).ArrayOf().ToArbitrary(), values => values.Length == 0 || Equal(values, RoundTripOrdered(values)));

    [TestCase(1)]
    [TestCase(255)]
    [TestCase(256)]
    [TestCase(257)]
    [TestCase(16_384)]
    public void Every_length_comes_back(int rows)
    {
        long[] values = [.. Enumerable.Range(0, rows).Select(row => (row * 7_919L) % 100_003)];
        Assert.That(RoundTrip(values), Is.EqualTo(values));
    }

    [Test]
    public void Every_width_comes_back([Range(0, 63)] int bits)
    {
        Random random = new(bits);
        long[] values = [.. Enumerable.Range(0, 600).Select(_ => (long)(random.NextInt64() >>> (63 - bits)))];
        Assert.That(RoundTrip(values), Is.EqualTo(values));
    }

    [Test]
    public void All_missing_have_no_least_value()
    {
        ByteWriter bytes = new();
        new NumberCodec().Encode([NumberColumn.Missing, NumberColumn.Missing], bytes, out long least, out long greatest);
        Assert.That(least, Is.GreaterThan(greatest));
    }

    [Test]
    public void Least_and_greatest_leave_missing_out()
    {
        ByteWriter bytes = new();
        new NumberCodec().Encode([5, NumberColumn.Missing, -3], bytes, out long least, out long greatest);
        Assert.That((least, greatest), Is.EqualTo((-3L, 5L)));
    }

    [Test]
    public void Whole_milliseconds_take_no_room_for_microseconds()
    {
        long[] values = [.. Enumerable.Range(0, 1_024).Select(row => row * 1_000L)];
        ByteWriter bytes = new();
        new NumberCodec().Encode(values, bytes, out _, out _);
        // Ten bits a value, and a head of form, least value, scale and four widths.
        Assert.That(bytes.Count, Is.LessThanOrEqualTo(1_024 * 10 / 8 + 32));
    }

    [Test]
    public void Few_values_far_apart_take_the_bits_of_their_number()
    {
        Random random = new(1);
        long[] agents = [.. Enumerable.Range(0, 16).Select(_ => (long)random.Next(int.MinValue, int.MaxValue))];
        long[] values = [.. Enumerable.Range(0, 4_096).Select(row => agents[row & 15])];
        ByteWriter bytes = new();
        new NumberCodec().Encode(values, bytes, out _, out _);
        Assert.That(bytes.Count, Is.LessThanOrEqualTo(4_096 / 2 + 16 * 8 + 32));
    }

    [Test]
    public void Steady_times_take_less_than_a_byte_each()
    {
        long[] values = [.. Enumerable.Range(0, 16_384).Select(row => 1_690_000_000_000 + row * 2L + row % 2)];
        ByteWriter bytes = new();
        new NumberCodec().EncodeOrdered(values, bytes, out _, out _);
        Assert.That(bytes.Count, Is.LessThan(16_384 / 2));
    }

    [Test]
    public void Cut_bytes_are_refused()
    {
        ByteWriter bytes = new();
        new NumberCodec().Encode([.. Enumerable.Range(0, 500).Select(row => row * 17L)], bytes, out _, out _);
        byte[] whole = [.. bytes.Written];
        Assert.Multiple(() =>
        {
            for (int length = 0; length < whole.Length; length++)
            {
                byte[] cut = [.. whole.AsSpan(0, length), .. new byte[BitPacking.SlackBytes]];
                Assert.That(() => NumberCodec.Decode(cut, new long[500]), Throws.TypeOf<InvalidDataException>());
            }
        });
    }

    private static bool Equal(long[] expected, long[] actual) => expected.AsSpan().SequenceEqual(actual);

    private static long[] RoundTrip(long[] values)
    {
        ByteWriter bytes = new();
        new NumberCodec().Encode(values, bytes, out _, out _);
        return Decode(bytes, values.Length);
    }

    private static long[] RoundTripOrdered(long[] values)
    {
        ByteWriter bytes = new();
        new NumberCodec().EncodeOrdered(values, bytes, out _, out _);
        return Decode(bytes, values.Length);
    }

    private static long[] Decode(ByteWriter bytes, int rows)
    {
        bytes.Take(BitPacking.SlackBytes);
        long[] values = new long[rows];
        NumberCodec.Decode(bytes.Written, values);
        return values;
    }
}
