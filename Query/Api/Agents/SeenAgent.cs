namespace TimeSeries.Query.Api.Agents;

/// <summary>What the samples of all kinds say of one agent. Filled by <see cref="AgentDirectory"/>.</summary>
internal sealed class SeenAgent
{
    public required long Oid { get; init; }

    public required string Oname { get; init; }

    public LatestText Okind { get; } = new();

    public LatestText Onode { get; } = new();

    /// <summary>Time of its oldest sample, in ms.</summary>
    public long FirstSeen { get; set; } = long.MaxValue;

    /// <summary>Time of its newest sample, in ms.</summary>
    public long LastSeen { get; set; } = long.MinValue;
}
