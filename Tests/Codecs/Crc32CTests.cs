using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Tests.Codecs;

public sealed class Crc32CTests
{
    // RFC 3720 §B.4.
    [Test]
    public void Checksum_of_32_zeros_is_that_of_the_standard() => Assert.That(Crc32C.Of(new byte[32]), Is.EqualTo(0x8A9136AA));

    [Test]
    public void Checksum_of_the_digits_is_the_known_check_value() => Assert.That(Crc32C.Of("123456789"u8), Is.EqualTo(0xE3069283));

    [Test]
    public void Combining_the_checksums_of_two_parts_gives_that_of_both() => Prop.ForAll<byte[], byte[]>((first, second) =>
        Crc32C.Combine(Crc32C.Of(first), Crc32C.Of(second), second.Length) == Crc32C.Of([.. first, .. second])).QuickCheckThrowOnFailure();

    [Test]
    public void A_checksum_goes_on_from_what_stood_before() => Prop.ForAll<byte[], byte[]>((first, second) =>
        Crc32C.Of(second, Crc32C.Of(first)) == Crc32C.Of([.. first, .. second])).QuickCheckThrowOnFailure();

    [Test]
    public void Large_parts_combine_too()
    {
        byte[] bytes = new byte[10_000_019];
        new Random(1).NextBytes(bytes);
        Assert.That(Crc32C.Combine(Crc32C.Of(bytes.AsSpan(0, 7)), Crc32C.Of(bytes.AsSpan(7)), bytes.Length - 7), Is.EqualTo(Crc32C.Of(bytes)));
    }

    [Test]
    public void Bytes_of_every_length_have_the_checksum_that_is_found_bit_by_bit([Values(0, 1, 7, 8, 1_024, 3_071, 3_072, 3_073, 6_151, 100_003)] int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        Assert.That(Crc32C.Of(bytes, 0x1234_5678), Is.EqualTo(BitByBit(bytes, 0x1234_5678)));
    }

    private static uint BitByBit(byte[] bytes, uint before)
    {
        uint crc = ~before;
        foreach (byte some in bytes)
        {
            crc ^= some;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1;
            }
        }

        return ~crc;
    }
}
