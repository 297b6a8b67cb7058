namespace TimeSeries.Hosting.Description;

/// <summary>One form of a body. Immutable.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="Shape">Its schema.</param>
/// <param name="Example">An example as JSON; null when there is none.</param>
public sealed record ApiContent(string MediaType, Shape Shape, string? Example = null)
{
    public const string Json = "application/json";
    public const string Csv = "text/csv";
    public const string NdJson = "application/x-ndjson";
    public const string MessagePack = "application/msgpack";
    public const string Plain = "text/plain";
}
