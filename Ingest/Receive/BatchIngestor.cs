using System.Diagnostics;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Ingest.Building;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Decoding;
using TimeSeries.Ingest.Decoding.Wire;
using TimeSeries.Ingest.Idempotency;
using TimeSeries.Ingest.Validation;

namespace TimeSeries.Ingest.Receive;

/// <summary>
/// Takes a body on its way: inflate, decode, validate, encode for the log, queue, and wait until it is durable and in the store. Thread safe;
/// everything up to the queue happens on the request's own thread.
/// </summary>
internal sealed class BatchIngestor(
    IngestOptions options, BatchValidator validator, BatchSubmitter submitter, SampleLedger ledger, SampleBatchPool batches, DecodedBatchPool decodings,
    DataDirectory directory, TimeProvider clock)
{
    private const int MaxListedErrors = 100;

    // Columns of a batch take about this much of its inflated body; the true size is set once it is known.
    private const int ColumnsPerBodyByte = 2;

    // A log record is smaller than its body; a first guess that mostly saves growing.
    private const int RecordShare = 4;
    private const int SmallestRecordBytes = 512;

    /// <summary>Takes a body; the share of the budget holds it already. The span, when there is one, is told what is in the batch.</summary>
    public async ValueTask<IngestResult> TakeAsync(PooledBuffer body, IngestHeaders head, AuthenticatedProject grant, MemoryReservation share, Activity? span)
    {
        SampleBatch samples = batches.Rent();
        DecodedBatch decoded = decodings.Rent();
        try
        {
            decoded.Reset(samples);
            IngestProblem? refusal;
            using (Tracing.Source.StartActivity("ingest.decode"))
            {
                refusal = Decode(body, head, decoded, share);
            }

            return refusal is null ? await ValidateAsync(decoded, body.Length, head, grant, share, span) : new IngestResult(refusal);
        }
        finally
        {
            decodings.Return(decoded);
            batches.Return(samples);
        }
    }

    private IngestProblem? Decode(PooledBuffer body, IngestHeaders head, DecodedBatch into, MemoryReservation share)
    {
        if (head.Encoding == BodyEncoding.Identity)
        {
            return Decode(body.Written.Span, head.Format, into, share);
        }

        using PooledBuffer inflated = new(Math.Max(body.Length, 1) * RecordShare);
        return BodyInflater.Inflate(body.Written, head.Encoding, inflated, options.MaxInflatedBytes, share, out ReadOnlyMemory<byte> whole)
            ?? Decode(whole.Span, head.Format, into, share);
    }

    private IngestProblem? Decode(ReadOnlySpan<byte> body, BodyFormat format, DecodedBatch into, MemoryReservation share)
    {
        if (body.Length > options.MaxInflatedBytes)
        {
            return BodyInflater.TooLarge(options.MaxInflatedBytes);
        }

        if (!share.TryTake((long)body.Length * ColumnsPerBodyByte))
        {
            return IngestProblem.QueueFull;
        }

        return BatchDecoder.Decode(body, format, into) is { } refusal
            ? new IngestProblem(StatusCodes.Status400BadRequest, refusal.Detail) { ByteOffset = refusal.ByteOffset, Field = refusal.Field }
            : null;
    }

    private async ValueTask<IngestResult> ValidateAsync(DecodedBatch decoded, int bodyBytes, IngestHeaders head, AuthenticatedProject grant, MemoryReservation share, Activity? span)
    {
        ValidationResult result = validator.Validate(decoded, grant.Project.Pcode, Timestamp.Now(clock));
        span?.SetTag("samples", result.Usable + result.Rejected).SetTag("kinds", KindsOf(result.Batch));
        ledger.Receive(grant.Project.Pcode, decoded.Rejected, result.Batch);
        if (result.Batch is not { } batch)
        {
            IngestProblem unusable = new(StatusCodes.Status400BadRequest, "No sample of the batch can be used; errors tells why.");
            return new IngestResult(unusable, new BatchCounts(0, result.Rejected, 0, 0), decoded.Rejected.List(MaxListedErrors), decoded.Unknown.List());
        }

        using Activity? commit = Tracing.Source.StartActivity("ingest.commit");
        using PooledBuffer payload = new(Math.Max(SmallestRecordBytes, bodyBytes / RecordShare));
        BatchCodec.Write(batch, payload);
        share.SetTo(bodyBytes + decoded.Samples.AllocatedBytes + payload.Length);
        BatchCounts counts = new(result.Usable, result.Rejected, 0, result.Truncated);
        PendingBatch pending = new(batch, payload, Crc32C.Of(payload.Written.Span), KeyOf(decoded, grant), counts)
        {
            StoredAlerts = await submitter.FindStoredAlertsAsync(batch, result.MadeIds),
        };
        CommitResult committed = await submitter.SubmitAsync(pending);
        bool? isStored = head.WaitsForStore ? await submitter.WaitStoredAsync(committed) : null;
        return Describe(committed, decoded, isStored);
    }

    private IngestResult Describe(CommitResult committed, DecodedBatch decoded, bool? isStored) => committed.Outcome switch
    {
        CommitOutcome.Stored => new IngestResult(Answer(committed, decoded.Rejected.List(MaxListedErrors), decoded.Unknown.List(), isStored)),
        CommitOutcome.Resent => new IngestResult(Answer(committed, [], decoded.Unknown.List(), isStored)),
        CommitOutcome.LogUnavailable => new IngestResult(IngestProblem.Unavailable("the log can't be written")),
        CommitOutcome.Stopping => new IngestResult(IngestProblem.Stopping),
        _ => throw new InvalidOperationException($"{committed.Outcome} is no outcome."),
    };

    private IngestResponse Answer(CommitResult committed, IReadOnlyList<SampleError> errors, IReadOnlyList<string> unknown, bool? isStored) => new()
    {
        Counts = committed.Counts,
        IsDuplicate = committed.Outcome == CommitOutcome.Resent,
        Errors = errors,
        Unknown = unknown,
        IsStored = isStored,
        Position = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{directory.NodeId:x16}-{committed.Position.Offset}"),
    };

    private static string KindsOf(ValidBatch? batch) =>
        string.Join(',', SampleSchema.All.Where(schema => batch?.Find(schema.Kind) is not null).Select(schema => schema.Name));

    private static IdempotencyKey? KeyOf(DecodedBatch decoded, AuthenticatedProject grant)
    {
        long pcode = grant.Project.Pcode;
        return decoded.Id.IsEmpty ? null
            : decoded.HasAgent ? IdempotencyKey.OfAgent(pcode, decoded.AgentOid, decoded.AgentOname, decoded.Id)
            : IdempotencyKey.OfToken(pcode, grant.Token, decoded.Id);
    }
}
