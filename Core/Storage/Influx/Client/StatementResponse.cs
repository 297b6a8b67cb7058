using System.Net;
using System.Text.Json;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>A short response to one statement of InfluxQL, or what a proxy sent in its place.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body, or its start.</param>
internal readonly record struct StatementResponse(HttpStatusCode Status, string Body)
{
    /// <summary>Whether InfluxDB ran the statement: <c>{"results":[{…}]}</c> without an error.</summary>
    public bool IsResult => Read(static result => !result.TryGetProperty("error", out _));

    /// <summary>Whether the server may only be away for now: it is overloaded, or what responded is not InfluxDB.</summary>
    public bool IsOutage => (int)Status is 408 or 429 or >= 500
        || (Status == HttpStatusCode.OK && !Read(static _ => true))
        || (Status == HttpStatusCode.NotFound && !ErrorBody.Of(Body).IsInflux);

    /// <summary>Reads the result of the statement; the default where there is none of the expected shape.</summary>
    public T? Read<T>(Func<JsonElement, T> read)
    {
        if (Status != HttpStatusCode.OK)
        {
            return default;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(Body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("results", out JsonElement results)
                && results.ValueKind == JsonValueKind.Array && results.GetArrayLength() > 0 && results[0].ValueKind == JsonValueKind.Object
                ? read(results[0])
                : default;
        }
        catch (Exception shape)
            when (shape is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or OverflowException)
        {
            // Not InfluxDB's: no JSON, or JSON of another shape.
            return default;
        }
    }
}
