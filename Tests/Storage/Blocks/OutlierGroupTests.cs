using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

namespace TimeSeries.Tests.Storage.Blocks;

/// <summary>Chunks in which few numbers are much wider than the others.</summary>
[TestFixture]
internal sealed class OutlierGroupTests
{
    private const int Rows = 1_000;

    [Test]
    public void Numbers_come_back(
        [Values(0, 1, 7, 31, 56)] int narrow, [Values(8, 32, 57, 63)] int wide, [Values(1, 8, 64, 65)] int outliersAGroup, [Values] bool withMissing)
    {
        Random random = new(narrow * 64 + wide);
        long[] values = [.. Enumerable.Range(0, Rows).Select(_ => random.NextInt64(1L << narrow))];
        for (int i = 0; i < Rows; i++)
        {
            values[i] = i % BitPacking.GroupRows < outliersAGroup ? random.NextInt64() >>> (63 - wide) : values[i];
            values[i] = withMissing && i % 11 == 0 ? NumberColumn.Missing : values[i];
        }

        Assert.That(RoundTrip(values, out _), Is.EqualTo(values));
    }

    [Test]
    public void Few_wide_numbers_take_little_room([Values(1L, 1_000L, 1_000_000L)] long scale)
    {
        long[] values = [.. Enumerable.Range(0, 1_024).Select(i => (i % 100 == 50 ? 1L << 30 : i % 256) * scale)];
        RoundTrip(values, out int bytes);

        // A byte a number, a head of form, least value, scale and four widths, and six bytes for each wide one and two for each group.
        Assert.That(bytes, Is.LessThanOrEqualTo(1_024 + 32 + 10 * 6 + 4 * 2));
    }

    [Test]
    public void Few_steps_back_take_little_room()
    {
        // The sequence numbers of two agents' batches whose times overlap a little.
        long[] values = [.. Enumerable.Range(0, 4_096).Select(i => i < 2_000 ? 20_000L + i : i)];
        ByteWriter bytes = new();
        new NumberCodec().EncodeOrdered(values, bytes, out _, out _);
        int length = bytes.Count;
        Assert.That(Decode(bytes, values.Length), Is.EqualTo(values));
        Assert.That(length, Is.LessThan(64));
    }

    [Test]
    public void Codes_come_back_and_only_the_wanted_groups_are_read()
    {
        int[] codes = [.. Enumerable.Range(0, Rows).Select(i => i % 100 == 0 ? 70_000 : i % 3 - 1)];
        ByteWriter bytes = new();
        new DictionaryIndexCodec().Encode(codes, bytes);
        Assert.That(bytes.Count, Is.LessThan(Rows / 2));
        bytes.Take(BitPacking.SlackBytes);
        int[] read = new int[Rows];
        DictionaryIndexCodec.Decode(bytes.Written, 70_001, read, new RunMask(1 << 2));
        Assert.That(read[512..768], Is.EqualTo(codes[512..768]));
        Assert.That(read[..512], Is.All.Zero);
        byte[] chunk = bytes.Written.ToArray();
        Assert.That(() => DictionaryIndexCodec.Decode(chunk, 70_000, read), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void Changed_bytes_are_refused_or_read_as_other_numbers()
    {
        ByteWriter bytes = new();
        new NumberCodec().Encode([.. Enumerable.Range(0, 300).Select(i => i % 50 == 0 ? 1L << 40 : i % 16)], bytes, out _, out _);
        bytes.Take(BitPacking.SlackBytes).Clear();
        int refused = 0;
        for (int at = 17; at < bytes.Count - BitPacking.SlackBytes; at++)
        {
            foreach (byte changed in (byte[])[0, 1, 56, 64, 65, 128, 184, 192, 255])
            {
                byte[] copy = bytes.Written.ToArray();
                copy[at] = changed;
                refused += IsRefused(copy, 300) ? 1 : 0;
            }
        }

        Assert.That(refused, Is.Positive);
    }

    [Test]
    public void Cut_bytes_are_refused()
    {
        ByteWriter bytes = new();
        new NumberCodec().Encode([.. Enumerable.Range(0, 500).Select(i => i % 50 == 0 ? 1L << 40 : i % 16)], bytes, out _, out _);
        byte[] whole = bytes.Written.ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.That(IsRefused([.. whole.AsSpan(0, length), .. new byte[BitPacking.SlackBytes]], 500), Is.True);
        }
    }

    private static bool IsRefused(byte[] bytes, int rows)
    {
        try
        {
            NumberCodec.Decode(bytes, new long[rows]);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static long[] RoundTrip(long[] values, out int length)
    {
        ByteWriter bytes = new();
        new NumberCodec().Encode(values, bytes, out _, out _);
        length = bytes.Count;
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
