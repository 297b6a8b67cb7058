namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>
/// One accepted sample as the contract says it is kept: durations in µs, thread counts in millionths, booleans 0 or 1; what is missing (or an empty text)
/// is absent.
/// </summary>
internal sealed record OracleSample(long Pcode, string Kind, long Time, Dictionary<string, object> Values)
{
    public required string Oname { get; init; }

    public required long? Oid { get; init; }

    public required string Okind { get; init; }

    public required string Onode { get; init; }

    /// <summary>The text of a field, empty when missing.</summary>
    public string Text(string field) => Values.TryGetValue(field, out object? value) ? (string)value : "";

    public long? Number(string field) => Values.TryGetValue(field, out object? value) ? (long)value : null;

    /// <summary>The number of a field as it counts in sums: 0 when missing.</summary>
    public long Term(string field) => Number(field) ?? 0;
}
