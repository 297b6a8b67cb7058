namespace TimeSeries.Ingest.Decoding;

/// <summary>Why a whole batch can't be taken: the agent should not send it again (400).</summary>
/// <param name="Detail">A sentence for the answer.</param>
/// <param name="ByteOffset">Where in the inflated body the trouble was found, when it is a place.</param>
/// <param name="Field">The envelope key, kind or <c>kind.field</c> concerned, when it is one.</param>
internal sealed record DecodeError(string Detail, long? ByteOffset, string? Field);
