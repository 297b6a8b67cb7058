using TimeSeries.Ingest.Building;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Receive;

/// <summary>What came of a push: an answer, or a refusal with what is known of the samples.</summary>
internal sealed class IngestResult
{
    public IngestResult(IngestResponse answer) => Answer = answer;

    public IngestResult(IngestProblem refusal) => Refusal = refusal;

    public IngestResult(IngestProblem refusal, BatchCounts counts, IReadOnlyList<SampleError> errors, IReadOnlyList<string> unknown)
    {
        Refusal = refusal;
        Answer = new IngestResponse { Counts = counts, IsDuplicate = false, Errors = errors, Unknown = unknown, Position = "" };
    }

    /// <summary>Why the push is not taken; null when it is.</summary>
    public IngestProblem? Refusal { get; }

    /// <summary>The counts: always for a push that is taken, and for one of which no sample could be used.</summary>
    public IngestResponse? Answer { get; }
}
