namespace TimeSeries.Tests.Support.Influx;

/// <summary>A field's value as a server keeps it: its type decides what later lines may send.</summary>
/// <param name="Type">integer, float, string or boolean.</param>
/// <param name="Value">A <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or <see cref="bool"/>.</param>
internal sealed record FieldValue(string Type, object Value);
