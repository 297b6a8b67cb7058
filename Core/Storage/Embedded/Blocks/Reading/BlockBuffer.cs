using System.Buffers;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Reading;

/// <summary>What a part of a block's file holds: in memory that stays, or in memory that goes back when this is disposed.</summary>
/// <param name="bytes">The payload and <see cref="BitPacking.SlackBytes"/> of no meaning.</param>
internal readonly ref struct BlockBuffer(ReadOnlySpan<byte> bytes)
{
    private readonly byte[]? _rented;

    private BlockBuffer(byte[] rented, int length)
        : this(rented.AsSpan(0, length)) => _rented = rented;

    /// <summary>The payload and behind it <see cref="BitPacking.SlackBytes"/> of no meaning.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>The payload alone.</summary>
    public ReadOnlySpan<byte> Payload => Bytes[..^BitPacking.SlackBytes];

    /// <summary>Bytes in memory of a part: without its checksum, with the slack.</summary>
    public static int LengthOf(Extent extent) => extent.Length - BlockFormat.ChecksumBytes + BitPacking.SlackBytes;

    /// <summary>A part in memory that goes back when it is disposed.</summary>
    /// <param name="extent">The part.</param>
    /// <param name="bytes">For the caller to fill.</param>
    public static BlockBuffer Rent(Extent extent, out Span<byte> bytes)
    {
        int length = LengthOf(extent);
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        bytes = rented.AsSpan(0, length);
        return new BlockBuffer(rented, length);
    }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }
}
