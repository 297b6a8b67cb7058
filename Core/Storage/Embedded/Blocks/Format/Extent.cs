namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>A part of a file that has a checksum of its own: <paramref name="Length"/> bytes, the last four of them their CRC-32C. Empty: absent.</summary>
internal readonly record struct Extent(long Offset, int Length)
{
    public bool IsEmpty => Length == 0;
}
