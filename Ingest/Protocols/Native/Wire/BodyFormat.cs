namespace TimeSeries.Ingest.Protocols.Native.Wire;

/// <summary>How the body of a batch is encoded. Both encodings carry the same map.</summary>
internal enum BodyFormat : byte
{
    /// <summary>JSON (RFC 8259).</summary>
    Json,

    /// <summary>MessagePack.</summary>
    MessagePack,
}
