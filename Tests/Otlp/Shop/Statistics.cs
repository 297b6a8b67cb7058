using System.Text.Json;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Otlp.Shop;

/// <summary>What a server says of a project and a time range.</summary>
internal sealed class Statistics(ServerClient client, long project, long from, long to)
{
    /// <summary>A statistic of WhaTap's Open API.</summary>
    public async Task<JsonElement> ReadAsync(string name) => Parse(await client.GetAsync($"/open/api/json/{name}/{from}/{to}", project));

    /// <summary>The records of a statistic.</summary>
    public async Task<JsonElement[]> RecordsAsync(string name) => [.. (await ReadAsync(name)).GetProperty("records").EnumerateArray()];

    /// <summary>Measures, separated by commas, of the samples of a kind, of those only for which a condition holds where there is one.</summary>
    public async Task<decimal[]> AggregateAsync(string kind, string measures, string? where = null)
    {
        string condition = where is null ? "" : $"&where={Uri.EscapeDataString(where)}";
        string path = $"/api/v1/aggregate?kind={kind}&from={from}&to={to}&measures={Uri.EscapeDataString(measures)}{condition}";
        JsonElement[] rows = [.. Parse(await client.GetAsync(path, project)).GetProperty("rows").EnumerateArray()];
        return rows.Length == 0 ? new decimal[measures.Split(',').Length] : [.. rows.Single().EnumerateArray().Select(value => value.GetDecimal())];
    }

    private static JsonElement Parse(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }
}
