using System.Net.Http.Json;
using System.Text.Json.Serialization;
using Console = TimeSeries.Tests.Query.Families.AlertHistory.AlertHistoryClient.Lines;

namespace TimeSeries.Tests.Query.Families.AlertHistory;

/// <summary>
/// A client of the alert history as the vendor's document shows it: the same statements, to another address. Its classes are those of the document.
/// </summary>
internal static class AlertHistoryClient
{
    [JsonConverter(typeof(JsonStringEnumConverter))]
    public enum AlertSeverity
    {
        Info = 0,
        Warning = 1,
        Critical = 2,
    }

    /// <summary>Runs the document's statements and returns what they wrote and got.</summary>
    public static async Task<(string Output, AlertHistoryRecord Detail, List<SeverityStat> Stats)> RunAsync(Uri address)
    {
        var client = new HttpClient { BaseAddress = address };

        // 페이징 조회 (최근 24시간, Warning 이상)
        var response = await client.GetFromJsonAsync<AlertHistoryResponse>(
            "/api/v1.0/alert-history?page=1&pageSize=20&severity=Warning&startDate=2026-02-08T00:00:00Z");

        Console.WriteLine($"Total: {response!.TotalCount}, Page: {response.Page}/{response.TotalPages}");

        foreach (var record in response.Records)
        {
            Console.WriteLine($"[{record.Severity}] {record.Title} - {record.Timestamp:u}");
        }

        // Alert 상세 조회
        var detail = await client.GetFromJsonAsync<AlertHistoryRecord>(
            "/api/v1.0/alert-history/550e8400-e29b-41d4-a716-446655440000");

        // 심각도별 통계
        var severityStats = await client.GetFromJsonAsync<List<SeverityStat>>(
            "/api/v1.0/alert-history/stats/severity?startDate=2026-02-01T00:00:00Z");

        client.Dispose();
        return (Console.Take(), detail!, severityStats!);
    }

    /// <summary>A page.</summary>
    public sealed record AlertHistoryResponse(List<AlertHistoryRecord> Records, int TotalCount, int Page, int PageSize, int TotalPages);

    /// <summary>An alert.</summary>
    public sealed record AlertHistoryRecord(
        string Id, DateTime Timestamp, AlertSeverity Severity, string Source, string Title, string Description, Dictionary<string, string> Labels,
        Dictionary<string, string>? Annotations);

    /// <summary>How many alerts of a severity there are.</summary>
    public sealed record SeverityStat(AlertSeverity Severity, int Count);

    /// <summary>Stands for the console.</summary>
    internal static class Lines
    {
        private static readonly AsyncLocal<List<string>?> _lines = new();

        public static void WriteLine(FormattableString line) => (_lines.Value ??= []).Add(FormattableString.Invariant(line));

        public static string Take() => string.Join('\n', _lines.Value ?? []);
    }
}
