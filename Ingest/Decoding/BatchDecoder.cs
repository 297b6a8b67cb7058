namespace TimeSeries.Ingest.Decoding;

/// <summary>
/// Decodes a batch straight from its wire bytes into columns, in one pass: JSON or MessagePack, samples as rows, table or columns.
/// A bad sample is noted and its neighbours kept; nothing in a body makes it throw. Thread safe as long as each call has its own target.
/// </summary>
internal static class BatchDecoder
{
    /// <summary>
    /// Decodes <paramref name="body"/> (inflated, whole) into a batch that was <see cref="DecodedBatch.Reset"/> before.
    /// Returns null when that went well, otherwise why the batch is refused; then the target is to be reset before it is used again.
    /// </summary>
    public static BatchRefusal? Decode(ReadOnlySpan<byte> body, BodyFormat format, DecodedBatch into) => throw new NotImplementedException();
}
