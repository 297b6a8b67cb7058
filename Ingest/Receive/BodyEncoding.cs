namespace TimeSeries.Ingest.Receive;

/// <summary>How a body is compressed on its way (RFC 9110 §8.4.1).</summary>
internal enum BodyEncoding : byte
{
    Identity,
    Gzip,
    Brotli,

    /// <summary>zlib (RFC 1950), as the RFC has it; bare deflate data, which many send under this name, are taken too.</summary>
    Deflate,
}
