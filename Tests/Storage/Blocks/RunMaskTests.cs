using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

namespace TimeSeries.Tests.Storage.Blocks;

/// <summary>Of a chunk only the rows that are wanted need to be decoded.</summary>
[TestFixture]
public sealed class RunMaskTests
{
    private const int Rows = 16_384;

    private static readonly int[] _wantedRows = [0, 1, 300, 5_000, 5_001, 16_383];

    private static readonly long[][] _numbers =
    [
        Numbers(row => 7),
        Numbers(row => row * 7_919L % 100_003),
        Numbers(row => row % 5 == 0 ? NumberColumn.Missing : row * 1_000L),
        Numbers(row => 1_690_000_000_000 + (row * 3L)),
        Numbers(row => new[] { int.MinValue, 12_345_678_901, 3, 77_777_777_777 }[row % 4]),
    ];

    [Test]
    public void Wanted_rows_are_those_of_the_whole_chunk([Range(0, 4)] int form, [Values] bool ordered)
    {
        long[] values = _numbers[form];
        ByteWriter bytes = new();
        NumberCodec codec = new();
        if (ordered)
        {
            values = [.. values.Where(value => value != NumberColumn.Missing).Order()];
            codec.EncodeOrdered(values, bytes, out _, out _);
        }
        else
        {
            codec.Encode(values, bytes, out _, out _);
        }

        bytes.Take(BitPacking.SlackBytes);
        int[] wanted = [.. _wantedRows.Where(row => row < values.Length)];
        long[] decoded = new long[values.Length];
        NumberDecoder.Decode(bytes.Written, decoded, RunMask.Of(wanted, values.Length));
        Assert.That(wanted.Select(row => decoded[row]), Is.EqualTo(wanted.Select(row => values[row])));
    }

    [Test]
    public void Wanted_codes_are_those_of_the_whole_chunk()
    {
        int[] codes = [.. Enumerable.Range(0, Rows).Select(row => (row * 31 % 900) - 1)];
        int[] decoded = new int[Rows];
        DictionaryIndexCodec.Decode(Encoded(codes), 900, decoded, RunMask.Of(_wantedRows, Rows));
        Assert.That(_wantedRows.Select(row => decoded[row]), Is.EqualTo(_wantedRows.Select(row => codes[row])));
    }

    [Test]
    public void A_code_without_a_text_is_refused_where_it_is_wanted()
    {
        int[] codes = [.. Enumerable.Range(0, Rows).Select(row => row == 5_000 ? 900 : row % 900)];
        Assert.That(() => DictionaryIndexCodec.Decode(Encoded(codes), 900, new int[Rows], RunMask.Of([5_001], Rows)), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => DictionaryIndexCodec.Decode(Encoded(codes), 900, new int[Rows], RunMask.Of([1], Rows)), Throws.Nothing);
    }

    [Test]
    public void Where_most_groups_are_wanted_all_are()
    {
        Assert.That(RunMask.Of([.. Enumerable.Range(0, 33).Select(group => group * BitPacking.GroupRows)], Rows), Is.EqualTo(RunMask.All));
        Assert.That(RunMask.Of([.. Enumerable.Range(0, 32).Select(group => group * BitPacking.GroupRows)], Rows), Is.EqualTo(new RunMask(uint.MaxValue)));
        Assert.That(RunMask.Of([100], rowCount: 200), Is.EqualTo(RunMask.All));
    }

    private static ReadOnlySpan<byte> Encoded(int[] codes)
    {
        ByteWriter bytes = new();
        new DictionaryIndexCodec().Encode(codes, bytes);
        bytes.Take(BitPacking.SlackBytes);
        return bytes.Written;
    }

    private static long[] Numbers(Func<int, long> of) => [.. Enumerable.Range(0, Rows).Select(of)];
}
