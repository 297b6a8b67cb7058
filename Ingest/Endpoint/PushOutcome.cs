using TimeSeries.Ingest.Decoding;
using TimeSeries.Ingest.Pipeline;

namespace TimeSeries.Ingest.Endpoint;

/// <summary>What came of a push: an answer, or a refusal with what is known of the samples.</summary>
internal sealed class PushOutcome
{
    public PushOutcome(PushAnswer answer) => Answer = answer;

    public PushOutcome(PushRefusal refusal) => Refusal = refusal;

    public PushOutcome(PushRefusal refusal, BatchCounts counts, IReadOnlyList<SampleError> errors, IReadOnlyList<string> unknown)
    {
        Refusal = refusal;
        Answer = new PushAnswer { Counts = counts, IsDuplicate = false, Errors = errors, Unknown = unknown, Position = "" };
    }

    /// <summary>Why the push is not taken; null when it is.</summary>
    public PushRefusal? Refusal { get; }

    /// <summary>The counts: always for a push that is taken, and for one of which no sample could be used.</summary>
    public PushAnswer? Answer { get; }
}
