namespace TimeSeries.Benchmarks.Kills;

/// <summary>Every way in which samples can be pushed.</summary>
internal enum PushProtocol
{
    JsonRows,
    JsonTable,
    JsonColumns,
    MessagePackRows,
    MessagePackTable,
    MessagePackColumns,
    OtlpProtobuf,
    OtlpJson,
    OtlpGrpc,
    LinesV1,
    LinesV2,
}
