using System.Buffers;
using TimeSeries.Core.Model;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// A batch's samples as bytes, for the log: column by column, each in its narrowest whole number of bytes and under its field's name.
/// The layout is in <c>docs/format/log.md</c>. Project and running number are not part of it. Thread safe.
/// </summary>
public static class BatchCodec
{
    /// <summary>Writes the samples of a batch.</summary>
    public static void Write(ValidBatch batch, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>Reads samples into an empty batch; false, with the reason and the batch emptied again, when the bytes are no batch.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, SampleBatch into, out string? reason) => throw new NotImplementedException();
}
