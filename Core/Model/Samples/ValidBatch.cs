using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Model.Samples;

/// <summary>
/// A batch whose every sample keeps every rule of the ingest contract: complete columns, canonical texts, an agent where one is required.
/// Made by the validator, and by the log's codec from what the validator let through; by nothing else.
/// </summary>
public sealed class ValidBatch
{
    internal ValidBatch(long pcode, SampleBatch samples)
    {
        Pcode = pcode;
        Samples = samples;
    }

    /// <summary>The project that the samples belong to.</summary>
    public long Pcode { get; }

    /// <summary>The samples. Columns are all <see cref="SampleTable.RowCount"/> rows long.</summary>
    public SampleBatch Samples { get; }

    /// <summary>
    /// Sequence number in its node's log of the batch's first sample; the others follow in the order of kinds, then rows.
    /// Given when the batch is committed.
    /// </summary>
    public long FirstNumber { get; internal set; }

    /// <summary>The samples of a kind, or null.</summary>
    public SampleTable? Find(Kind kind) => Samples.Find(kind);
}
