using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Benchmarks.Wire;

/// <summary>Reads a body in any form and either encoding back into columns of plain objects, for comparing.</summary>
internal static class ReadBody
{
    /// <summary>The columns of a kind's samples by field; a missing value is null.</summary>
    public static Dictionary<string, object?[]> Columns(ReadOnlySpan<byte> body, string kind)
    {
        object? root = body[0] == (byte)'{' ? Plain(JsonDocument.Parse(body.ToArray()).RootElement) : MessagePackReading.Read(body);
        return ((Dictionary<string, object?>)root!)[kind] switch
        {
            List<object?> rows => FromRows(rows),
            Dictionary<string, object?> map when map.TryGetValue("fields", out object? fields) =>
                FromTable((List<object?>)fields!, (List<object?>)map["rows"]!),
            Dictionary<string, object?> map => map.ToDictionary(pair => pair.Key, pair => FromColumn(pair.Value!)),
            var other => throw new FormatException($"{other}"),
        };
    }

    private static Dictionary<string, object?[]> FromRows(List<object?> rows)
    {
        List<Dictionary<string, object?>> maps = [.. rows.Cast<Dictionary<string, object?>>()];
        return maps.SelectMany(map => map.Keys).Distinct().ToDictionary(name => name, name => maps.Select(map => map.GetValueOrDefault(name)).ToArray());
    }

    private static Dictionary<string, object?[]> FromTable(List<object?> fields, List<object?> rows) =>
        fields.Select((name, i) => ((string)name!, rows.Select(row => ((List<object?>)row!)[i]).ToArray())).ToDictionary();

    private static object?[] FromColumn(object column) => column switch
    {
        List<object?> values => [.. values],
        Dictionary<string, object?> map when map.TryGetValue("dict", out object? texts) =>
            [.. FromColumn(map["index"]!).Select(
                index => index is null ? null : ((List<object?>)texts!)[Convert.ToInt32(index, CultureInfo.InvariantCulture)])],
        Dictionary<string, object?> map when map.TryGetValue("i32", out object? bytes) =>
            [.. MemoryMarshal.Cast<byte, int>((byte[])bytes!).ToArray().Select(value => (object)(long)value)],
        Dictionary<string, object?> map when map.TryGetValue("i64", out object? bytes) =>
            [.. MemoryMarshal.Cast<byte, long>((byte[])bytes!).ToArray().Cast<object>()],
        Dictionary<string, object?> map when map.TryGetValue("f64", out object? bytes) =>
            [.. MemoryMarshal.Cast<byte, double>((byte[])bytes!).ToArray().Cast<object>()],
        _ => throw new FormatException($"{column}"),
    };

    private static object? Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(property => property.Name, property => Plain(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => throw new FormatException($"{element.ValueKind}"),
    };
}
