namespace TimeSeries.Tests.Support.Samples;

/// <summary>
/// One sample as an agent writes it: its kind, and what stands on the wire by field name, in the order written. A value is a <see cref="long"/>,
/// a <see cref="double"/>, a <see cref="bool"/>, a <see cref="string"/>, a map of texts (<see cref="Dictionary{TKey, TValue}"/>) or null.
/// </summary>
public sealed class SampleRow(string kind)
{
    public string Kind { get; } = kind;

    public OrderedDictionary<string, object?> Fields { get; } = [];

    /// <summary>A field's value; null when it is null or absent.</summary>
    public object? this[string field]
    {
        get => Fields.GetValueOrDefault(field);
        set => Fields[field] = value is int small ? (long)small : value;
    }

    public long Time => (long)Fields["time"]!;

    public override string ToString() => $"{Kind} {{{string.Join(", ", Fields.Select(field => $"{field.Key}={field.Value ?? "null"}"))}}}";
}
