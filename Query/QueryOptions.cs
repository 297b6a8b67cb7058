namespace TimeSeries.Query;

/// <summary>What the <c>Query</c> section of the configuration sets. Never written after the start.</summary>
public sealed class QueryOptions
{
    public const string Section = "Query";

    /// <summary>Most samples that one request may read one by one. A day of 2 million samples is far below, a runaway range is not.</summary>
    public long MaxRows { get; set; } = 100_000_000;

    /// <summary>Most groups that one request may make; a group costs about 1 kB while the request runs.</summary>
    public int MaxGroups { get; set; } = 1_000_000;

    /// <summary>Longest time that a request may wait and compute.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most requests that scan at the same time: as many as there are processors, since a scan does nothing but compute.</summary>
    public int Concurrency { get; set; } = Environment.ProcessorCount;

    /// <summary>Offset of the days in answers that have days: <c>Z</c> or <c>±HH:mm</c>.</summary>
    public string TimeZone { get; set; } = "Z";

    /// <summary>Whether rollups are used. Answers are the same without them; turning them off shows that, and costs time.</summary>
    public bool Rollups { get; set; } = true;
}
