using System.Security.Cryptography;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Tests.Ingest;

/// <summary>Headers of the log's records, against the bytes that <c>docs/format/node.md</c> names.</summary>
internal sealed class RecordHeaderTests
{
    [Test]
    public void A_mark_is_the_bytes_of_the_format()
    {
        byte[] bytes = new byte[RecordHeader.MaxSize];
        int length = new RecordHeader(RecordType.Mark, 0, 0x0102, 0x030405, new Timestamp(0x0607)).Write(bytes);

        Assert.That(
            Convert.ToHexStringLower(bytes.AsSpan(0, length)),
            Is.EqualTo("03" + "00" + "0000" + "00000000" + "0201000000000000" + "0504030000000000" + "0706000000000000"));
    }

    [Test]
    public void A_header_is_read_as_it_was_written([Values] RecordType type, [Values] bool hasId)
    {
        IdempotencyKey key = IdempotencyKey.OfAgent(1, 7, "agent"u8, RandomNumberGenerator.GetBytes(8));
        RecordHeader header = new(type, 12, 34, 56, new Timestamp(78), hasId ? key : null, hasId ? new BatchCounts(1, 2, 3, 4) : default);
        byte[] bytes = new byte[RecordHeader.MaxSize + 10];
        int written = header.Write(bytes);
        bool read = RecordHeader.TryRead(bytes, out RecordHeader back, out int length);

        Assert.That((read, back, length), Is.EqualTo((true, header, written)));
    }

    [TestCase(0)]
    [TestCase(4)]
    [TestCase(255)]
    public void A_type_that_is_not_known_is_not_read(int type)
    {
        byte[] bytes = new byte[RecordHeader.MaxSize];
        bytes[0] = (byte)type;

        Assert.That(RecordHeader.TryRead(bytes, out _, out _), Is.False);
    }

    [Test]
    public void A_header_that_is_cut_is_not_read([Values(0, 1, 31)] int length)
    {
        byte[] bytes = new byte[RecordHeader.MaxSize];
        new RecordHeader(RecordType.Mark, 0, 1, 2, new Timestamp(3)).Write(bytes);

        Assert.That(RecordHeader.TryRead(bytes.AsSpan(0, length), out _, out _), Is.False);
    }
}
