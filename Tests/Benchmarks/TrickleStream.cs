namespace TimeSeries.Tests.Benchmarks;

/// <summary>A stream that hands out a few bytes at a time, as a network may.</summary>
internal sealed class TrickleStream(byte[] bytes, int atOnce) : MemoryStream(bytes)
{
    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, atOnce));
}
