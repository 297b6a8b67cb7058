using System.Globalization;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>A query for <c>/api/v1/aggregate</c>, as a caller writes it.</summary>
internal sealed record AggregateQuery(string Kind, string[] By, string[] Measures)
{
    private const int RandomCount = 14;

    public string? Window { get; init; }

    public string[] Where { get; init; } = [];

    public string[] Order { get; init; } = [];

    public int Limit { get; init; } = 1_000;

    /// <summary>Some that people ask, and many that a generator does.</summary>
    public static IReadOnlyList<AggregateQuery> All { get; } =
    [
        new("transaction", ["service"], ["count", "error_rate", "apdex", "avg(elapsed)", "p95(elapsed)", "stddev(elapsed)"])
            { Order = ["-p95(elapsed)"], Limit = 20 },
        new("transaction", ["service"], ["count", "rate", "sum(elapsed)", "p50(elapsed)", "p999(elapsed)"]) { Window = "1h" },
        new("transaction", ["oname", "oid"], ["rate", "avg(sql_count)", "stddev(malloc)"]) { Window = "5m", Order = ["-rate", "oname"] },
        new("httpc", ["host", "status"], ["count", "avg(elapsed)"]) { Where = ["status>=:400", "status<:504", "url~:REMOTE"], Order = ["-count"] },
        .. new AggregateQueryGenerator(20_230_129).Queries(RandomCount),
    ];

    public string Path(long from, long to)
    {
        List<string> parameters =
        [
            $"kind={Kind}", $"from={from.ToString(CultureInfo.InvariantCulture)}", $"to={to.ToString(CultureInfo.InvariantCulture)}",
            "measures=" + Text(Measures),
            "limit=" + Limit.ToString(CultureInfo.InvariantCulture), .. Where.Select(where => "where=" + Uri.EscapeDataString(where)),
        ];
        if (Window is not null)
        {
            parameters.Add("window=" + Window);
        }

        if (By.Length > 0)
        {
            parameters.Add("by=" + Text(By));
        }

        if (Order.Length > 0)
        {
            parameters.Add("order=" + Text(Order));
        }

        return "/api/v1/aggregate?" + string.Join('&', parameters);
    }

    private static string Text(string[] parts) => Uri.EscapeDataString(string.Join(',', parts));
}
