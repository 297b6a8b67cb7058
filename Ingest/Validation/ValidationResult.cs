using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Ingest.Validation;

/// <summary>What the validator made of a batch. Which samples were rejected, and why, stands in the decoded batch.</summary>
/// <param name="Batch">The samples that keep every rule, or null when there is none. It has the decoded batch's columns.</param>
/// <param name="Rejected">How many samples were rejected.</param>
/// <param name="Truncated">How many of the samples kept had a text cut.</param>
/// <param name="MadeIds">How many of the samples kept were given an id here.</param>
internal readonly record struct ValidationResult(ValidBatch? Batch, int Rejected, int Truncated, int MadeIds)
{
    /// <summary>How many samples are left, duplicates of alerts among them.</summary>
    public int Usable => Batch?.Samples.RowCount ?? 0;
}
