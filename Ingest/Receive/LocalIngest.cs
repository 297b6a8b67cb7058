using TimeSeries.Core.Building;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Ingest.Receive;

/// <summary>
/// Takes batches that a part of this process made, in MessagePack and in the form that agents push: checked and stored as a push is, without HTTP. They go
/// while the host stops too, until its last part has stopped. Thread safe.
/// </summary>
public sealed class LocalIngest
{
    private static readonly IngestHeaders _headers = new(BodyFormat.MessagePack, BodyEncoding.Identity, BodyFormat.MessagePack, WaitsForStore: false);

    private readonly BatchIngestor _ingestor;
    private readonly MemoryBudget _budget;

    internal LocalIngest(BatchIngestor ingestor, MemoryBudget budget)
    {
        _ingestor = ingestor;
        _budget = budget;
    }

    /// <summary>Takes a batch, and says what a push would be told.</summary>
    /// <param name="body">The batch, which stays as it is until the task completes.</param>
    /// <param name="project">Whose samples they are.</param>
    public async Task<LocalIngestResult> PushAsync(ReadOnlyMemory<byte> body, AuthenticatedProject project)
    {
        using NativeRequest push = new() { Headers = _headers };
        using MemoryReservation reservation = new(_budget);
        IngestResult result = await _ingestor.IngestAsync(body, push, project, reservation, span: null);
        return result switch
        {
            { Problem: { } problem } => new LocalIngestResult(problem.Status, 0, problem.Detail, problem.RetryAfterSeconds),
            { HasSamples: false } => new LocalIngestResult(StatusCodes.Status400BadRequest, result.Counts.Rejected, ReasonOf(result), null),
            _ => new LocalIngestResult(StatusCodes.Status200OK, result.Counts.Rejected, ReasonOf(result), null),
        };
    }

    private static string? ReasonOf(IngestResult result) =>
        result.Errors is [SampleError first, ..] ? $"{first.Kind}: {first.Reason}" : null;
}

/// <summary>What became of a batch.</summary>
/// <param name="Status">The HTTP status that a push would get.</param>
/// <param name="Rejected">Samples that were rejected.</param>
/// <param name="Reason">Why the batch or its first sample was rejected.</param>
/// <param name="RetryAfterSeconds">After how long it may be sent again.</param>
public readonly record struct LocalIngestResult(int Status, int Rejected, string? Reason, int? RetryAfterSeconds);
