namespace TimeSeries.Tests.Ingest;

/// <summary>A batch as it came to a <see cref="RecordingStore"/>.</summary>
internal sealed record StoredBatch(long Pcode, long FirstNumber, long End, IReadOnlyList<string> Services, int RowCount);
