using System.Buffers.Binary;
using NUnit.Framework;
using TimeSeries.Core.Log;

namespace TimeSeries.Tests.Log;

/// <summary>The bytes of a frame, by a checksum that is computed a bit at a time.</summary>
public sealed class FrameFormatTests
{
    private const ulong Node = 0x1122334455667788;
    private const long Position = 0x0102030405;

    [Test]
    public void A_header_has_the_length_and_checksums_over_node_position_length_and_payload([Values(1, 100, 16_384, 16_385, 40_000)] int bytes)
    {
        byte[] payload = [.. Enumerable.Range(0, bytes).Select(i => (byte)(i * 7))];
        byte[] header = new byte[FrameFormat.HeaderSize];
        new FrameFormat(Node).Write(header, Position, LogEntry.Of(payload));
        byte[] place = new byte[20];
        BinaryPrimitives.WriteUInt64LittleEndian(place, Node);
        BinaryPrimitives.WriteInt64LittleEndian(place.AsSpan(8), Position);
        BinaryPrimitives.WriteInt32LittleEndian(place.AsSpan(16), bytes);
        uint[] expected = [(uint)bytes, Crc(place), Crc([.. place, .. payload])];
        Assert.That(Enumerable.Range(0, 3).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4 * i))), Is.EqualTo(expected));
    }

    [TestCase(Node, Position, 100)]
    [TestCase(Node + 1, Position, 0)]
    [TestCase(Node, Position + 1, 0)]
    public void A_frame_is_one_at_its_own_place_only(ulong node, long position, int length)
    {
        byte[] header = new byte[FrameFormat.HeaderSize];
        new FrameFormat(Node).Write(header, Position, LogEntry.Of(new byte[100]));
        Assert.That(new FrameFormat(node).ReadLength(header, position, room: 112), Is.EqualTo(length));
    }

    [Test]
    public void A_frame_that_has_no_room_is_none()
    {
        byte[] header = new byte[FrameFormat.HeaderSize];
        new FrameFormat(Node).Write(header, Position, LogEntry.Of(new byte[100]));
        Assert.That(new FrameFormat(Node).ReadLength(header, Position, room: 111), Is.Zero);
    }

    // CRC-32C (Castagnoli), reflected.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint rest = ~0u;
        foreach (byte value in bytes)
        {
            rest ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                rest = (rest & 1) != 0 ? (rest >> 1) ^ 0x82F63B78 : rest >> 1;
            }
        }

        return ~rest;
    }
}
