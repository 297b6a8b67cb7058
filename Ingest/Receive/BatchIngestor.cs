using System.Diagnostics;
using System.Globalization;
using TimeSeries.Core.Building;
using TimeSeries.Core.Files;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Ingest.Quotas;

namespace TimeSeries.Ingest.Receive;

/// <summary>
/// Takes a body on its way: inflate, decode, validate, and submit. What decodes it is the protocol's. Thread safe; everything up to submitting happens on
/// the request's own thread.
/// </summary>
internal sealed class BatchIngestor(
    BatchValidator validator, BatchSubmitter submitter, PushLedger pushes, ProjectQuotas quotas, SampleBatchPool batches,
    SampleBatchBuilderPool builders, DataDirectory directory, TimeProvider clock)
{
    // Columns of a batch take about this much of its inflated body; the true size is set once it is known, and where they may come to more, meanwhile.
    private const int ColumnsPerBodyByte = 2;

    // An inflated body is about this many times the one sent; a first guess that mostly saves growing.
    private const int InflatedPerBodyByte = 4;

    /// <summary>Takes a body; the reservation holds it already. The span, when there is one, gets tags of what is in the batch.</summary>
    public async ValueTask<IngestResult> IngestAsync(
        ReadOnlyMemory<byte> body, IBatchRequest push, AuthenticatedProject project, MemoryReservation reservation, Activity? span)
    {
        SampleBatch samples = batches.Rent();
        SampleBatchBuilder builder = builders.Rent();
        bool isDelayed = false;
        try
        {
            builder.Reset(samples);
            IngestProblem? problem;
            using (Tracing.Source.StartActivity("ingest.decode"))
            {
                problem = Decode(body, push, builder, reservation);
            }

            problem ??= await push.WaitForOthersAsync();
            if (problem is not null)
            {
                return IngestResult.Refused(problem);
            }

            ValidationResult validated = validator.Validate(builder, project.Project.Pcode, Timestamp.Now(clock));
            span?.SetTag("samples", validated.Usable + validated.Rejected).SetTag("kinds", KindsOf(validated.Batch));
            pushes.Count(project.Project.Pcode, push.Protocol, validated.Batch, builder.Rejected);
            reservation.SetTo(body.Length + samples.AllocatedBytes);
            if (validated.Batch is null)
            {
                return new IngestResult { Counts = new BatchCounts(0, validated.Rejected, 0, 0), Errors = builder.Rejected.List(RejectedSamples.MostListed) };
            }

            CommitResult committed = await SubmitAsync(validated, push, project);
            isDelayed = committed.Outcome == CommitOutcome.Delayed;
            if (committed.Outcome == CommitOutcome.OverQuota)
            {
                return IngestResult.Refused(quotas.RefuseDay(project.Project, committed.Counts.Accepted));
            }

            return Describe(committed, builder, push.WaitsForStore ? await submitter.WaitStoredAsync(committed) : null);
        }
        finally
        {
            builders.Return(builder);
            if (!isDelayed)
            {
                batches.Return(samples);
            }
        }
    }

    private static IngestProblem? Decode(ReadOnlyMemory<byte> body, IBatchRequest push, SampleBatchBuilder into, MemoryReservation reservation)
    {
        if (push.Encoding == BodyEncoding.Identity)
        {
            return Decode(body.Span, push, into, reservation);
        }

        using PooledBuffer inflated = new((int)Math.Min((long)Math.Max(body.Length, 1) * InflatedPerBodyByte, push.Limits.InflatedBytes));
        return BodyInflater.Inflate(body, push.Encoding, inflated, push.Limits, reservation, out ReadOnlyMemory<byte> whole)
            ?? Decode(whole.Span, push, into, reservation);
    }

    private static IngestProblem? Decode(ReadOnlySpan<byte> body, IBatchRequest push, SampleBatchBuilder into, MemoryReservation reservation)
    {
        if (body.Length > push.Limits.InflatedBytes)
        {
            return push.Limits.InflatedTooLarge;
        }

        if (!reservation.TryBeginColumns((long)body.Length * ColumnsPerBodyByte))
        {
            return IngestProblem.QueueFull;
        }

        DecodeError? error = push.Decode(body, into, reservation);
        if (reservation.IsExceeded)
        {
            return reservation.IsBeyondAll ? push.Limits.InflatedTooLarge : IngestProblem.QueueFull;
        }

        return error is not null
            ? new IngestProblem(StatusCodes.Status400BadRequest, error.Detail) { ByteOffset = error.ByteOffset, Field = error.Field }
            : null;
    }

    private async ValueTask<CommitResult> SubmitAsync(ValidationResult validated, IBatchRequest push, AuthenticatedProject project)
    {
        using Activity? commit = Tracing.Source.StartActivity("ingest.commit");
        BatchCounts counts = new(validated.Usable, validated.Rejected, 0, validated.Truncated);
        SampleClaim? claim = project.Project.Limits?.SamplesPerDay is { } limit ? await quotas.ClaimAsync(project.Project, limit) : null;
        return await submitter.SubmitAsync(
            validated.Batch!, push.FindKey(project), counts, validated.MadeIds, claim, push.BeginSubmit(), push.TimeLeft);
    }

    private IngestResult Describe(CommitResult committed, SampleBatchBuilder builder, StoredState? stored) => committed.Outcome switch
    {
        CommitOutcome.Stored => Describe(committed, builder.Rejected.List(RejectedSamples.MostListed), stored),
        CommitOutcome.Resent => Describe(committed, [], stored),
        CommitOutcome.LogUnavailable => IngestResult.Refused(IngestProblem.Unavailable("the log can't be written")),
        CommitOutcome.LogFull => IngestResult.Refused(IngestProblem.Unavailable(IngestProblem.LogFull)),
        CommitOutcome.DiskFull => IngestResult.Refused(IngestProblem.Unavailable(IngestProblem.DiskFull)),
        CommitOutcome.Stopping => IngestResult.Refused(IngestProblem.Stopping),
        CommitOutcome.Delayed => IngestResult.Refused(IngestProblem.Delayed),
        _ => throw new InvalidOperationException($"{committed.Outcome} is no outcome."),
    };

    private IngestResult Describe(CommitResult committed, IReadOnlyList<SampleError> errors, StoredState? stored) => new()
    {
        HasSamples = true,
        Counts = committed.Counts,
        IsDuplicate = committed.Outcome == CommitOutcome.Resent,
        Errors = errors,
        Stored = stored,
        Position = string.Create(CultureInfo.InvariantCulture, $"{directory.NodeId:x16}-{committed.Position.Offset}"),
    };

    private static string KindsOf(ValidBatch? batch) =>
        string.Join(',', SampleSchema.All.Where(schema => batch?.Find(schema.Kind) is not null).Select(schema => schema.Name));
}
