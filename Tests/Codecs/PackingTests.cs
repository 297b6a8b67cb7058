using System.Buffers.Binary;
using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Tests.Codecs;

/// <summary>Columns in whole bytes, of lengths around those of vectors, against loops over single numbers.</summary>
[TestFixture]
internal sealed class PackingTests
{
    private const long Origin = -1_000_000_007;

    private static readonly int[] _rows = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100];

    [Test]
    public void Numbers_are_little_endian_distances_and_a_missing_one_is_0([Values(1, 2, 4, 8)] int width)
    {
        foreach (int rows in _rows)
        {
            long[] values = Longs(rows, width);
            byte[] packed = new byte[rows * width];
            NumberPacking.Pack(values, Origin, width, packed);
            Assert.That(packed, Is.EqualTo(Distances(values, width)), $"{rows} rows");
        }
    }

    [Test]
    public void Numbers_come_back_and_the_origin_where_one_was_missing([Values(1, 2, 4, 8)] int width)
    {
        foreach (int rows in _rows)
        {
            long[] values = Longs(rows, width);
            byte[] packed = Distances(values, width);
            long[] read = new long[rows];
            NumberPacking.Unpack(packed, Origin, width, read);
            long[] restored = [.. read];
            NumberPacking.RestoreMissing(restored, Origin);
            Assert.That(read, Is.EqualTo(values.Select(value => value == NumberColumn.Missing ? Origin : value)), $"{rows} rows");
            Assert.That(restored, Is.EqualTo(values), $"{rows} rows");
        }
    }

    [Test]
    public void Numbers_without_bytes_are_all_the_origin()
    {
        long[] read = new long[9];
        int[] codes = new int[9];
        NumberPacking.Pack([1, 2], 1, 0, []);
        NumberPacking.Unpack([], 42, 0, read);
        CodePacking.Pack([1, 2], 1, 0, []);
        CodePacking.Unpack([], -1, 0, codes);
        Assert.That((read.Distinct().Single(), codes.Distinct().Single()), Is.EqualTo((42L, -1)));
    }

    [Test]
    public void The_range_is_that_of_what_is_not_missing([Values] bool withMissing)
    {
        foreach (int rows in _rows.Where(rows => rows > 1))
        {
            // The least and the greatest stand at each row once.
            for (int at = 0; at < rows; at++)
            {
                long[] values = [.. Enumerable.Range(0, rows).Select(row => (long)row % 7)];
                values[at] = 100;
                values[(at + 1) % rows] = withMissing ? NumberColumn.Missing : -100;
                long[] present = [.. values.Where(value => value != NumberColumn.Missing)];
                Assert.That(NumberPacking.RangeOf(values), Is.EqualTo((present.Min(), present.Max(), withMissing)), $"{rows} rows, {at}");
            }
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(9)]
    public void Of_missing_numbers_alone_the_least_is_above_the_greatest(int rows)
    {
        long[] values = new long[rows];
        values.AsSpan().Fill(NumberColumn.Missing);
        Assert.That(NumberPacking.RangeOf(values), Is.EqualTo((long.MaxValue, NumberColumn.Missing, rows > 0)));
    }

    [TestCase(0UL, 0)]
    [TestCase(1UL, 1)]
    [TestCase(255UL, 1)]
    [TestCase(256UL, 2)]
    [TestCase(65_535UL, 2)]
    [TestCase(65_536UL, 4)]
    [TestCase(4_294_967_295UL, 4)]
    [TestCase(4_294_967_296UL, 8)]
    [TestCase(ulong.MaxValue, 8)]
    public void A_width_is_the_narrowest_that_holds_the_distance(ulong distance, int expected) =>
        Assert.That(NumberPacking.WidthOf(distance), Is.EqualTo(expected));

    [Test]
    public void Other_widths_are_none() => Assert.Multiple(() =>
    {
        Assert.That(Enumerable.Range(-1, 12).Where(NumberPacking.IsWidth), Is.EqualTo(new[] { 0, 1, 2, 4, 8 }));
        Assert.That(Enumerable.Range(-1, 12).Where(CodePacking.IsWidth), Is.EqualTo(new[] { 0, 1, 2, 4 }));
    });

    [Test]
    public void Codes_are_little_endian_distances_and_come_back([Values(1, 2, 4)] int width)
    {
        foreach (int rows in _rows)
        {
            Random random = new(rows * 10 + width);
            int[] codes = [.. Enumerable.Range(0, rows).Select(_ => unchecked(-1 + (int)random.NextInt64(1L << (8 * width))))];
            byte[] expected = [.. codes.SelectMany(code => Bytes(unchecked((uint)(code + 1)), width))];
            byte[] packed = new byte[rows * width];
            CodePacking.Pack(codes, -1, width, packed);
            int[] read = new int[rows];
            CodePacking.Unpack(expected, -1, width, read);
            Assert.That(packed, Is.EqualTo(expected), $"{rows} rows");
            Assert.That(read, Is.EqualTo(codes), $"{rows} rows");
        }
    }

    [Test]
    public void The_range_of_codes_is_found_wherever_its_ends_stand()
    {
        Assert.That(CodePacking.RangeOf([]), Is.EqualTo((int.MaxValue, int.MinValue)));
        foreach (int rows in _rows.Where(rows => rows > 1))
        {
            for (int at = 0; at < rows; at++)
            {
                int[] codes = [.. Enumerable.Range(0, rows).Select(row => row % 7)];
                codes[at] = 100;
                codes[(at + 1) % rows] = -100;
                Assert.That(CodePacking.RangeOf(codes), Is.EqualTo((-100, 100)), $"{rows} rows, {at}");
            }
        }
    }

    private static long[] Longs(int rows, int width)
    {
        Random random = new(rows * 10 + width);
        long most = width == sizeof(long) ? long.MaxValue : 1L << (8 * width);

        // A distance of 0 is left to what is missing.
        IEnumerable<long> distances = Enumerable.Range(0, rows).Select(_ => random.NextInt64(1, most - 2_000_000_000 * (width / 8)));
        return [.. distances.Select((distance, row) => row % 3 == 1 ? NumberColumn.Missing : Origin + distance)];
    }

    private static byte[] Distances(long[] values, int width) =>
        [.. values.SelectMany(value => Bytes(value == NumberColumn.Missing ? 0 : unchecked(value - Origin), width))];

    private static byte[] Bytes(long distance, int width)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, distance);
        return bytes[..width];
    }
}
