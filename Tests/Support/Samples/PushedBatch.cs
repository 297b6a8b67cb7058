namespace TimeSeries.Tests.Support.Samples;

/// <summary>One batch of a project: envelope and samples, before any form of writing it down.</summary>
public sealed record PushedBatch(long Pcode, AgentName? Agent, IReadOnlyList<SampleRow> Rows)
{
    /// <summary>The idempotency key.</summary>
    public string? Id { get; init; }

    /// <summary>The kinds it has samples of, in order of appearance, each with its samples.</summary>
    public IEnumerable<IGrouping<string, SampleRow>> Kinds => Rows.GroupBy(row => row.Kind);
}
