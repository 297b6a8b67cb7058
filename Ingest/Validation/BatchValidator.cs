using TimeSeries.Core.Model;
using TimeSeries.Ingest.Decoding;

namespace TimeSeries.Ingest.Validation;

/// <summary>
/// Makes a <see cref="ValidBatch"/> of a decoded one: gives each sample its agent, checks what the decoder could not (required fields, times,
/// UTF-8, closed sets, GUIDs), makes texts canonical and takes rejected samples out. Works on whole columns. Thread safe.
/// </summary>
internal sealed class BatchValidator(BatchLimits limits)
{
    /// <summary>
    /// Checks a batch that was decoded without refusal. The valid batch takes over the decoded one's columns; errors are added to its
    /// <see cref="DecodedBatch.Rejected"/>.
    /// </summary>
    public ValidationResult Validate(DecodedBatch decoded, long pcode, Timestamp now) => throw new NotImplementedException(limits.ToString());
}
