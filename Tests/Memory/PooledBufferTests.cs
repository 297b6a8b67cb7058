using NUnit.Framework;
using TimeSeries.Core.Memory;

namespace TimeSeries.Tests.Memory;

/// <summary>What was written stays as it was, whether the bytes come from a pool or, above 8 MiB, straight from the system.</summary>
internal sealed class PooledBufferTests
{
    private const int Piece = 1 << 20;
    private const int Pieces = 20;

    [TestCase(16)]
    [TestCase(9 * Piece)]
    public void What_was_written_stays_while_it_grows(int capacity)
    {
        using PooledBuffer buffer = new(capacity);
        byte[] expected = new byte[Pieces * Piece];
        new Random(capacity).NextBytes(expected);
        for (int piece = 0; piece < Pieces; piece++)
        {
            // By turns as callers do.
            Span<byte> bytes = expected.AsSpan(piece * Piece, Piece);
            bytes.CopyTo(piece % 2 == 0 ? buffer.GetSpan(Piece) : buffer.GetMemory(Piece).Span);
            buffer.Advance(Piece);
        }

        Assert.That(buffer.Written.Span.SequenceEqual(expected), Is.True);
        buffer.Edit()[^1] ^= 0xFF;
        buffer.Truncate(Piece);
        Assert.That(buffer.Written.Span.SequenceEqual(expected.AsSpan(0, Piece)), Is.True);
    }

    [TestCase(16)]
    [TestCase(9 * Piece)]
    public void More_than_there_is_room_for_is_refused(int capacity)
    {
        using PooledBuffer buffer = new(capacity);
        Assert.That(() => buffer.Advance(capacity * 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
