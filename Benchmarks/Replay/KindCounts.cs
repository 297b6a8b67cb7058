namespace TimeSeries.Benchmarks.Replay;

/// <summary>What became of the samples of one kind.</summary>
internal sealed record KindCounts
{
    /// <summary>Samples sent, whatever came of them; a resend does not count again.</summary>
    public long Sent { get; set; }

    public long Accepted { get; set; }

    public long Rejected { get; set; }

    public long Duplicates { get; set; }

    public long Truncated { get; set; }

    /// <summary>Rows of the file that are no sample.</summary>
    public long Unreadable { get; set; }
}
