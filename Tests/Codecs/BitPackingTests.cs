using System.Numerics;
using NUnit.Framework;
using TimeSeries.Core.Codecs;

namespace TimeSeries.Tests.Codecs;

/// <summary>Packed numbers of every width, against one large integer that has them all.</summary>
[TestFixture]
internal sealed class BitPackingTests
{
    // Behind the packed bytes: as few as a reader needs, or as many as a vector may load.
    private static readonly int[] _behind = [BitPacking.SlackBytes + 1, 128];

    private static readonly int[] _counts = [1, 2, 3, 4, 5, 8, 15, 17, 64, 131];

    [Test]
    public void Numbers_lie_one_behind_the_other_from_the_lowest_bit([Range(0, 64)] int width)
    {
        foreach (int count in _counts)
        {
            ulong[] numbers = Numbers(count, width);
            byte[] packed = new byte[BitPacking.PackedBytes(count, width)];
            BitPacking.Pack(numbers, width, packed);
            Assert.That(packed, Is.EqualTo(Joined(numbers, width, 0)), $"{count} numbers");
        }
    }

    [Test]
    public void They_come_back_as_multiples_over_the_least([Range(0, 64)] int width, [Values(1, 1_000, -3)] long scale)
    {
        foreach (int count in _counts)
        {
            foreach (int behind in _behind)
            {
                ulong[] numbers = Numbers(count, width);
                long[] read = new long[count];
                BitPacking.Unpack(Joined(numbers, width, behind), width, -77, scale, read);
                Assert.That(read, Is.EqualTo(numbers.Select(number => unchecked(-77 + (long)number * scale))), $"{count} numbers, {behind} bytes behind");
            }
        }
    }

    [Test]
    public void Where_0_is_missing_the_others_begin_at_1([Range(0, 64)] int width, [Values(1, 1_000)] long scale)
    {
        foreach (int count in _counts)
        {
            foreach (int behind in _behind)
            {
                ulong[] numbers = Numbers(count, width);
                numbers[count / 2] = 0;
                long[] read = new long[count];
                BitPacking.UnpackNullable(Joined(numbers, width, behind), width, 500, scale, -1, read);
                IEnumerable<long> expected = numbers.Select(number => number == 0 ? -1 : unchecked(500 + (long)(number - 1) * scale));
                Assert.That(read, Is.EqualTo(expected), $"{count} numbers, {behind} bytes behind");
            }
        }
    }

    [Test]
    public void Numbers_of_32_bits_come_back_over_the_least([Range(0, 32)] int width)
    {
        foreach (int count in _counts)
        {
            foreach (int behind in _behind)
            {
                ulong[] numbers = Numbers(count, width);
                int[] read = new int[count];
                BitPacking.Unpack(Joined(numbers, width, behind), width, -1, read);
                Assert.That(read, Is.EqualTo(numbers.Select(number => unchecked(-1 + (int)number))), $"{count} numbers, {behind} bytes behind");
            }
        }
    }

    [Test]
    public void Numbers_of_57_bits_and_more_are_packed_with_64()
    {
        int[] widths = [.. Enumerable.Range(0, 65).Select(bits => BitPacking.WidthOf(bits == 0 ? 0 : 1UL << (bits - 1)))];
        Assert.Multiple(() =>
        {
            Assert.That(widths, Is.EqualTo(Enumerable.Range(0, 65).Select(bits => bits > 56 ? 64 : bits)));
            Assert.That(Enumerable.Range(-1, 67).Where(BitPacking.IsWidth), Is.EqualTo((int[])[.. Enumerable.Range(0, 57), 64]));
        });
    }

    private static ulong[] Numbers(int count, int width)
    {
        Random random = new(count * 100 + width);
        ulong most = width == 0 ? 0 : ulong.MaxValue >> (64 - width);
        return [.. Enumerable.Range(0, count).Select(i => i % 5 == 0 ? most : (ulong)random.NextInt64(long.MinValue, long.MaxValue) & most)];
    }

    private static byte[] Joined(ulong[] numbers, int width, int behind)
    {
        BigInteger all = BigInteger.Zero;
        for (int i = 0; i < numbers.Length; i++)
        {
            all |= (BigInteger)numbers[i] << (i * width);
        }

        // What lies behind is of no meaning.
        byte[] bytes = new byte[(numbers.Length * width + 7) / 8 + behind];
        bytes.AsSpan(bytes.Length - behind).Fill(0xA7);
        all.ToByteArray(isUnsigned: true).AsSpan().TrimEnd((byte)0).CopyTo(bytes);
        return bytes;
    }
}
