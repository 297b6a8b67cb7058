using NUnit.Framework;

namespace TimeSeries.Tests.Decoding;

internal sealed class NumberDecodingTests
{
    [TestCase("2.0", 2)]
    [TestCase("1e3", 1000)]
    [TestCase("-0.0", 0)]
    [TestCase("9007199254740992", 9007199254740992)]
    [TestCase("null", null)]
    public void A_whole_number_may_be_written_in_any_way(string written, long? kept) =>
        Assert.That(PushedBatch.Transaction($"\"sql_count\":{written}").Number("sql_count"), Is.EqualTo(kept));

    [TestCase("1.5", "sql_count must be an integer ≥ 0")]
    [TestCase("-1", "sql_count must be an integer ≥ 0")]
    [TestCase("9007199254740993", "sql_count must be at most 9007199254740992")]
    [TestCase("1e19", "sql_count must be at most 9007199254740992")]
    [TestCase("18446744073709551615", "sql_count must be at most 9007199254740992")]
    [TestCase("1e999", "sql_count must be an integer ≥ 0")]
    [TestCase("\"5\"", "sql_count must be an integer ≥ 0")]
    [TestCase("true", "sql_count must be an integer ≥ 0")]
    [TestCase("[1,[2]]", "sql_count must be an integer ≥ 0")]
    [TestCase("{\"a\":{}}", "sql_count must be an integer ≥ 0")]
    public void What_is_no_count_rejects_its_sample(string written, string error) =>
        Assert.That(PushedBatch.Transaction($"\"sql_count\":{written}").Error, Is.EqualTo(error));

    [TestCase("0.0005", 0)]
    [TestCase("0.0015", 2)]
    [TestCase("0.0025", 2)]
    [TestCase("12.3456", 12346)]
    [TestCase("7", 7000)]
    [TestCase("1000000000000", 1_000_000_000_000_000)]
    [TestCase("1e12", 1_000_000_000_000_000)]
    public void A_duration_is_kept_to_the_microsecond_half_to_even(string written, long kept) =>
        Assert.That(PushedBatch.Transaction($"\"sql_time\":{written}").Number("sql_time"), Is.EqualTo(kept));

    [TestCase("-0.001", "sql_time must be a number ≥ 0")]
    [TestCase("1000000000001", "sql_time must be at most 1000000000000")]
    [TestCase("1000000000000.1", "sql_time must be at most 1000000000000")]
    public void A_duration_out_of_range_rejects_its_sample(string written, string error) =>
        Assert.That(PushedBatch.Transaction($"\"sql_time\":{written}").Error, Is.EqualTo(error));

    [TestCase("12.5", 12_500_000)]
    [TestCase("0.0000005", 0)]
    [TestCase("0.0000015", 2)]
    [TestCase("9000000000", 9_000_000_000_000_000)]
    public void A_thread_count_is_kept_to_a_millionth_half_to_even(string written, long kept)
    {
        PushedBatch batch = PushedBatch.Json($"{{{PushedBatch.Agent},\"thread\":[{{\"time\":{PushedBatch.Now},\"count\":{written}}}]}}");
        Assert.That(batch.Number("count", kind: Core.Schema.Kind.Thread), Is.EqualTo(kept));
    }

    [TestCase("true", 1)]
    [TestCase("false", 0)]
    public void Booleans_are_kept_as_one_and_zero(string written, long kept) =>
        Assert.That(PushedBatch.Transaction($"\"error\":{written}").Number("error"), Is.EqualTo(kept));

    [TestCase("1")]
    [TestCase("0.0")]
    [TestCase("\"true\"")]
    public void Nothing_else_is_a_boolean(string written) =>
        Assert.That(PushedBatch.Transaction($"\"error\":{written}").Error, Is.EqualTo("error must be true or false"));

    [TestCase("1")]
    [TestCase("true")]
    [TestCase("[]")]
    [TestCase("{}")]
    public void Nothing_but_a_string_is_a_text(string written) =>
        Assert.That(PushedBatch.Transaction($"\"method\":{written}").Error, Is.EqualTo("method must be a string"));

    [TestCase(-9223372036854775807L, true)]
    [TestCase(long.MaxValue, true)]
    [TestCase(long.MinValue, false)]
    public void A_snap_seq_is_any_64_bit_integer_but_the_smallest(long value, bool isKept)
    {
        PushedBatch batch = PushedBatch.Json($"{{{PushedBatch.Agent},\"exception\":[{{\"time\":{PushedBatch.Now},\"class\":\"E\",\"snap_seq\":{value}}}]}}");
        Assert.That(batch.Number("snap_seq", kind: Core.Schema.Kind.Exception), Is.EqualTo(isKept ? value : null));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NegativeInfinity)]
    public void NaN_and_infinity_reject_their_sample(double value) =>
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("cpu_time").Double(value)).Error, Is.EqualTo("cpu_time must be a number ≥ 0"));

    [Test]
    public void A_float32_is_widened_before_it_is_scaled()
    {
        // 0.1f is 0.100000001490116…, ×1000 = 100.0000015 → 100 µs; 16777.217f is 16777.216796875 → 16777217 µs.
        PushedBatch batch = PushedBatch.MessagePack(PushedBatch.TransactionHead("cpu_time").Single(16777.217f));
        Assert.That(batch.Number("cpu_time"), Is.EqualTo(16_777_217));
    }

    [TestCase(0L)]
    [TestCase(127L)]
    [TestCase(128L)]
    [TestCase(255L)]
    [TestCase(256L)]
    [TestCase(65535L)]
    [TestCase(65536L)]
    [TestCase(4294967295L)]
    [TestCase(4294967296L)]
    public void Integers_of_each_width_are_read(long value) =>
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("malloc").Int(value)).Number("malloc"), Is.EqualTo(value));

    [TestCase(-1L)]
    [TestCase(-32L)]
    [TestCase(-33L)]
    [TestCase(-128L)]
    [TestCase(-129L)]
    [TestCase(-32768L)]
    [TestCase(-32769L)]
    [TestCase(-2147483648L)]
    public void Negative_integers_of_each_width_are_read(long value) =>
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("oid").Int(value)).Number("oid"), Is.EqualTo(value));

    [TestCase(new byte[] { 0xD3, 0, 0, 0, 0, 0, 0, 0, 5 }, 5)]
    [TestCase(new byte[] { 0xCF, 0, 0, 0, 0, 0, 0, 0, 5 }, 5)]
    [TestCase(new byte[] { 0xD2, 0, 0, 0, 5 }, 5)]
    [TestCase(new byte[] { 0xD1, 0, 5 }, 5)]
    [TestCase(new byte[] { 0xD0, 5 }, 5)]
    public void A_width_wider_than_needed_is_read(byte[] value, long kept) =>
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("malloc").Raw(value)).Number("malloc"), Is.EqualTo(kept));

    [Test]
    public void An_unsigned_integer_beyond_a_signed_one_rejects_its_sample() =>
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("malloc").Raw(0xCF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)).Error,
            Is.EqualTo("malloc must be at most 9007199254740992"));
}
