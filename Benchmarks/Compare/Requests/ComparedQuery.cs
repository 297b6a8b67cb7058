using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Compare.Requests;

/// <summary>One aggregate in the words of each system.</summary>
internal sealed record ComparedQuery
{
    /// <summary>What it computes, for people.</summary>
    public required string Name { get; init; }

    /// <summary>Path and query of <c>/api/v1/aggregate</c>.</summary>
    public required string Ours { get; init; }

    public required ComparedSql ClickHouse { get; init; }

    public required ComparedSql DuckDb { get; init; }

    /// <summary>InfluxQL; null where it is not asked, since it would take minutes.</summary>
    public string? Influx { get; init; }

    /// <summary>Our column that is approximate, as documented; null when all are exact.</summary>
    public int? PercentileColumn { get; init; }

    /// <summary>Whether the result is the number of our rows, not the rows.</summary>
    public bool IsTotal { get; init; }
}

/// <summary>An aggregate in SQL; its rows have our columns.</summary>
/// <param name="Timed">What is measured.</param>
/// <param name="Exact">What gives the rows that ours must equal: the same, but for a percentile that is defined otherwise.</param>
internal sealed record ComparedSql(string Timed, string Exact);

/// <summary>Where another system is asked.</summary>
/// <param name="Timed">For what is measured.</param>
/// <param name="Exact">For the rows that ours must equal; null when they are not compared.</param>
internal sealed record PeerQuery(ServerAddress Timed, ServerAddress? Exact);
