using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using TimeSeries.Core.Memory;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Quotas;

namespace TimeSeries.Ingest.Receive;

/// <summary>
/// Takes the pushes of every protocol over HTTP: token, headers, whether pushes are taken just now, body within the limits, then
/// <see cref="BatchIngestor"/>, and the protocol's response. Thread safe.
/// </summary>
internal sealed partial class BatchEndpoint(
    ProjectDirectory projects, MemoryBudget budget, IngestGate gate, ProjectQuotas quotas, BatchIngestor ingestor,
    IngestInstruments instruments, TimeProvider clock, ILogger<BatchEndpoint> logger)
{
    // The server counts what frames chunks too, which for tiny chunks is more than they hold; the body itself is counted by its reader.
    private const int ChunkOverhead = 8;

    // Decoding so much takes some 0.2 ms, for which the thread that received it may keep others waiting.
    private const int SmallBodyBytes = 64 << 10;

    public async Task HandleAsync(HttpContext context, IBatchProtocol protocol)
    {
        long began = clock.GetTimestamp();
        try
        {
            await RespondAsync(context, protocol);
        }
        catch (Exception failure) when (
            failure is not BadHttpRequestException && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            LogFailure(failure, context.Request.Method, context.Request.Path);
            context.Response.Clear();
            await protocol.RefuseAsync(context, IngestProblem.Failed);
        }

        instruments.Requests.Add(1, new KeyValuePair<string, object?>("status", context.Response.StatusCode));
        instruments.Duration.Record(clock.GetElapsedTime(began).TotalSeconds);
    }

    private async Task RespondAsync(HttpContext context, IBatchProtocol protocol)
    {
        TokenCheck check = protocol.Authenticate(context.Request, projects);
        if (check.IsGranted)
        {
            await TakeAsync(context, protocol, check.AuthenticatedProject);
        }
        else
        {
            await context.DelayWrongTokenAsync(check.Outcome);
            await protocol.RefuseAsync(context, check.Outcome);
        }
    }

    private async Task TakeAsync(HttpContext context, IBatchProtocol protocol, AuthenticatedProject project)
    {
        IngestProblem? problem = protocol.TryBegin(context.Request, project, out IBatchRequest? push);
        using (push)
        {
            problem ??= gate.FindProblem();
            problem ??= project.Project.Limits is { } limits ? quotas.TryBegin(project.Project, limits, ToldBytes(context.Request, push!)) : null;
            if (push is null || problem is not null)
            {
                await protocol.RefuseAsync(context, problem!);
                return;
            }

            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = push.Limits.SentBytes * ChunkOverhead;
            }

            await push.RespondAsync(context, await IngestAsync(context.Request, push, project));
        }
    }

    private async ValueTask<IngestResult> IngestAsync(HttpRequest request, IBatchRequest push, AuthenticatedProject project)
    {
        using Activity? span = Tracing.Source.StartActivity("ingest.batch");
        using MemoryReservation reservation = new(budget);
        span?.SetTag("pcode", project.Project.Pcode);
        long told = ToldBytes(request, push);
        using PooledBuffer sent = new();
        IngestProblem? problem;
        using (Tracing.Source.StartActivity("ingest.receive"))
        {
            problem = await BodyReader.ReadAsync(request, sent, push.Limits, reservation);
        }

        instruments.BodyBytes.Add(sent.Length);
        if (project.Project.Limits is { } limits)
        {
            quotas.TakeBytes(project.Project, limits, sent.Length - told);
        }

        ReadOnlyMemory<byte> body = default;
        problem ??= push.Open(sent.Written, out body);
        if (body.Length > SmallBodyBytes || push.Encoding != BodyEncoding.Identity)
        {
            await WorkerThread.Switch;
        }

        return problem is null ? await ingestor.IngestAsync(body, push, project, reservation, span) : IngestResult.Refused(problem);
    }

    private static long ToldBytes(HttpRequest request, IBatchRequest push) => Math.Min(request.ContentLength ?? 0, push.Limits.SentBytes);

    [LoggerMessage(1001, LogLevel.Error, "{Method} {Path} failed.")]
    private partial void LogFailure(Exception failure, string method, PathString path);
}

/// <summary>Whether pushes are taken at all just now. Thread safe.</summary>
internal sealed class IngestGate(IHostApplicationLifetime lifetime, StoreApplier applier, LogCommitter committer)
{
    /// <summary>Why no push is taken, or null.</summary>
    public IngestProblem? FindProblem()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return IngestProblem.Stopping;
        }

        return (applier.WhyNotReady() ?? committer.WhyNotReady()) is { } reason ? IngestProblem.Unavailable(reason) : null;
    }
}
