using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Tests.Codecs;

[TestFixture]
internal sealed class NumberRunsTests
{
    private static readonly Gen<long> _mostlyNarrow = Gen.Frequency(
        (40, Gen.Choose(0, 100).Select(value => (long)value)),
        (1, Gen.Elements(NumberColumn.Missing, long.MaxValue, long.MinValue + 1, 1L << 57)),
        (1, ArbMap.Default.GeneratorFor<long>()));

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Any_numbers_come_back() => Prop.ForAll(_mostlyNarrow.ArrayOf(300).ToArbitrary(), numbers =>
    {
        ByteReader reader = new(Write(numbers));
        long[] read = new long[numbers.Length];
        reader.ReadNumbers(read);
        return numbers.AsSpan().SequenceEqual(read) && reader.Remaining == 0;
    });

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public Property They_are_passed_over_whole() => Prop.ForAll(_mostlyNarrow.ArrayOf(300).ToArbitrary(), numbers =>
    {
        ByteReader reader = new(Write(numbers));
        reader.SkipNumbers(numbers.Length);
        return reader.Remaining == 0;
    });

    [Test]
    public void Numbers_of_any_width_come_back([Range(0, 64)] int width, [Values] bool withMissing)
    {
        // As many wide ones that none is an outlier.
        Random random = new(width);
        ulong most = width == 0 ? 0 : ulong.MaxValue >> (64 - width);
        IEnumerable<ulong> differences = Enumerable.Range(0, 200).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) & most);
        long[] numbers = [.. differences.Select(difference => unchecked(long.MinValue + 2 + (long)difference))];
        numbers[3] = withMissing ? NumberColumn.Missing : long.MinValue + 2;
        ByteReader reader = new(Write(numbers));
        long[] read = new long[numbers.Length];
        reader.ReadNumbers(read);
        Assert.That(read, Is.EqualTo(numbers));
    }

    [Test]
    public void A_run_is_its_smallest_number_its_width_and_the_differences() => Assert.Multiple(() =>
    {
        // 5 in zigzag form, two bits each, 0 1 3 from the lowest bit; with a missing number all begin at one less.
        Assert.That(Convert.ToHexString(Write([5, 6, 8])), Is.EqualTo("0A0234"));
        Assert.That(Convert.ToHexString(Write([5, NumberColumn.Missing, 6])), Is.EqualTo("088221"));
        Assert.That(Convert.ToHexString(Write([NumberColumn.Missing, NumberColumn.Missing])), Is.EqualTo("0080"));
        Assert.That(Write([]), Is.Empty);
    });

    [TestCase(0, 0, true)]
    [TestCase(128, 1, false)]
    [TestCase(128, 2, true)]
    [TestCase(1_000_000, 100, false)]
    [TestCase(1, 0, false)]
    public void More_numbers_than_the_bytes_could_hold_are_refused(long numbers, int bytes, bool isPossible) =>
        Assert.That(() => new ByteReader(new byte[bytes]).RequireRoom(numbers), isPossible ? Throws.Nothing : Throws.TypeOf<InvalidDataException>());

    [TestCase(1)]
    [TestCase(5)]
    public void Few_wide_numbers_take_little_room_beside_narrow_ones(int wide)
    {
        long[] numbers = [.. Enumerable.Range(0, 128).Select(i => i % 25 == 0 && i / 25 < wide ? 1L << 40 : i % 16)];

        // Four bits a number, a head of four bytes, and six or seven bytes for each wide one.
        Assert.That(Write(numbers), Has.Length.LessThanOrEqualTo(64 + 4 + wide * 7));
    }

    [Test]
    public void Changed_bytes_are_refused_or_read_as_other_numbers()
    {
        byte[] bytes = Write([.. Enumerable.Range(0, 300).Select(i => i % 50 == 0 ? 1L << 40 : i % 16)]);
        int refused = 0;
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (byte changed in (byte[])[0, 1, 64, 65, 121, 127, 128, 255])
            {
                byte[] copy = [.. bytes];
                copy[at] = changed;
                refused += IsRefused(copy, 300) ? 1 : 0;
            }
        }

        Assert.That(refused, Is.Positive);
    }

    [Test]
    public void Cut_bytes_are_refused()
    {
        byte[] bytes = Write([.. Enumerable.Range(0, 100).Select(i => i == 50 ? 1L << 40 : i % 16)]);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.That(IsRefused(bytes[..length], 100), Is.True);
        }
    }

    private static bool IsRefused(byte[] bytes, int count)
    {
        try
        {
            ByteReader reader = new(bytes);
            reader.ReadNumbers(new long[count]);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static byte[] Write(long[] numbers)
    {
        ByteWriter writer = new();
        writer.WriteNumbers(numbers);
        return writer.Written.ToArray();
    }
}
