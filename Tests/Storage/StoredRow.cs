namespace TimeSeries.Tests.Storage;

/// <summary>A transaction as the tests write it. Null: missing.</summary>
internal sealed record StoredRow(long Pcode, long Time, string Service, long Elapsed)
{
    public string? Txid { get; init; }

    public string? RemoteIp { get; init; }

    public string? City { get; init; }

    public long? Status { get; init; }

    public long? Malloc { get; init; }

    public bool? Error { get; init; }
}
