using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

namespace TimeSeries.Tests.Storage.Blocks;

[TestFixture]
internal sealed class ByCodeCodecTests
{
    private const int Rows = 4_096;

    [Test]
    public void Numbers_that_go_with_codes_come_back([Values(1, 2, 20, Rows / 32)] int codeCount, [Values] bool withMissing)
    {
        Random random = new(codeCount);
        long[] numbers = [.. Enumerable.Range(0, codeCount).Select(i => i == 1 ? NumberColumn.Missing : random.NextInt64())];
        int least = withMissing ? TextColumn.Missing : 5;
        int[] codes = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(codeCount) + least)];
        long[] values = [.. codes.Select(code => numbers[code - least])];
        ByteWriter bytes = new();
        Assert.That(new ByCodeCodec().TryEncode(values, codes, bytes), Is.True);
        Assert.That(bytes.Count, Is.LessThanOrEqualTo(8 * codeCount + 7));

        long[] read = new long[Rows];
        ByCodeCodec.Decode(bytes.Written, codes, read);
        Assert.That(read, Is.EqualTo(values));
    }

    [Test]
    public void A_code_with_two_numbers_is_left_to_other_forms()
    {
        long[] values = new long[Rows];
        values[^1] = 1;
        Assert.That(IsTaken(values, new int[Rows]), Is.False);
    }

    [Test]
    public void Codes_that_are_too_many_are_left_to_other_forms([Values(Rows / 32, Rows / 32 + 1)] int codeCount)
    {
        int[] codes = [.. Enumerable.Range(0, Rows).Select(row => row % codeCount)];
        Assert.That(IsTaken([.. codes.Select(code => (long)code)], codes), Is.EqualTo(codeCount == Rows / 32));
    }

    [Test]
    public void Codes_at_both_ends_are_too_many()
    {
        int[] codes = new int[Rows];
        codes[0] = int.MaxValue;
        codes[1] = TextColumn.Missing;
        Assert.That(IsTaken(new long[Rows], codes), Is.False);
    }

    [TestCase(-1)]
    [TestCase(2)]
    [TestCase(int.MaxValue)]
    [TestCase(int.MinValue)]
    public void A_code_without_a_number_is_refused(int code)
    {
        ByteWriter bytes = new();
        new ByCodeCodec().TryEncode([.. Enumerable.Range(0, Rows).Select(row => row % 2 * 7L)], [.. Enumerable.Range(0, Rows).Select(row => row % 2)], bytes);
        byte[] chunk = bytes.Written.ToArray();
        Assert.That(() => ByCodeCodec.Decode(chunk, [0, code], new long[2]), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void Cut_bytes_and_a_table_that_is_too_long_are_refused()
    {
        ByteWriter bytes = new();
        new ByCodeCodec().TryEncode([.. Enumerable.Range(0, Rows).Select(row => row % 2 * 7L)], [.. Enumerable.Range(0, Rows).Select(row => row % 2)], bytes);
        byte[] chunk = bytes.Written.ToArray();
        for (int length = 0; length < chunk.Length; length++)
        {
            byte[] cut = chunk[..length];
            Assert.That(() => ByCodeCodec.Decode(cut, [0, 1], new long[2]), Throws.TypeOf<InvalidDataException>());
        }

        bytes.Clear();
        bytes.Byte(ByCodeCodec.Form);
        bytes.Int32(0);
        bytes.Varint(513);
        bytes.Take(513 * sizeof(long)).Clear();
        byte[] tooLong = bytes.Written.ToArray();
        Assert.That(() => ByCodeCodec.Decode(tooLong, [0, 1], new long[2]), Throws.TypeOf<InvalidDataException>());
    }

    private static bool IsTaken(long[] values, int[] codes) => new ByCodeCodec().TryEncode(values, codes, new ByteWriter());
}
