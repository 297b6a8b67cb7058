using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using TimeSeries.Core.Memory;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Decoding.Wire;

namespace TimeSeries.Ingest.Receive;

/// <summary><c>POST /ingest/v1/batch</c>: who may push, what they push, and how they are answered. Thread safe.</summary>
internal sealed class BatchEndpoint(
    ProjectDirectory projects, IngestOptions options, MemoryBudget budget, IngestGate gate, BatchIngestor intake, IngestInstruments instruments, TimeProvider clock)
{
    public const string Path = "/ingest/v1/batch";
    private const int FirstBodyBytes = 64 << 10;

    // The server counts what frames chunks too, which for tiny chunks is more than they hold; the body itself is counted by its reader.
    private const int ChunkOverhead = 8;

    // Decoding so much takes some 0.2 ms, for which the thread that received it may keep others waiting.
    private const int SmallBodyBytes = 64 << 10;

    public async Task HandleAsync(HttpContext context)
    {
        long began = clock.GetTimestamp();
        TokenCheck check = TokenAuthenticator.Read(context.Request, projects, Scopes.Ingest);
        if (check.IsGranted)
        {
            await TakeAsync(context, check.AuthenticatedProject);
        }
        else
        {
            await TokenProblem.WriteAsync(context, check.Outcome, Scopes.Ingest);
        }

        instruments.Requests.Add(1, new KeyValuePair<string, object?>("status", context.Response.StatusCode));
        instruments.Duration.Record(clock.GetElapsedTime(began).TotalSeconds);
    }

    private async Task TakeAsync(HttpContext context, AuthenticatedProject grant)
    {
        IngestProblem? refusal = IngestHeaders.Read(context.Request, out IngestHeaders head) ?? gate.FindProblem();
        if (refusal is not null)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = options.MaxRequestBytes * ChunkOverhead;
        }

        IngestResult outcome;
        using (Activity? span = Tracing.Source.StartActivity("ingest.batch"))
        using (MemoryReservation share = new(budget))
        {
            span?.SetTag("pcode", grant.Project.Pcode);
            long told = Math.Min(context.Request.ContentLength ?? 0, options.MaxRequestBytes);
            using PooledBuffer body = new((int)Math.Max(FirstBodyBytes, told));
            using (Tracing.Source.StartActivity("ingest.receive"))
            {
                refusal = await BodyReader.ReadAsync(context.Request, body, options.MaxRequestBytes, share);
            }

            instruments.BodyBytes.Add(body.Length);
            if (body.Length > SmallBodyBytes || head.Encoding != BodyEncoding.Identity)
            {
                await WorkerThread.Switch;
            }

            outcome = refusal is null ? await intake.TakeAsync(body, head, grant, share, span) : new IngestResult(refusal);
        }

        await (outcome.Refusal is null ? AnswerAsync(context, head, outcome.Answer!) : RefuseAsync(context, outcome.Refusal, outcome.Answer));
    }

    private static Task AnswerAsync(HttpContext context, IngestHeaders head, IngestResponse answer)
    {
        ArrayBufferWriter<byte> body = new(256);
        if (head.AnswerFormat == BodyFormat.MessagePack)
        {
            MessagePackIngestResponse.Write(body, answer);
        }
        else
        {
            using Utf8JsonWriter json = new(body);
            JsonIngestResponse.Write(json, answer);
        }

        context.Response.ContentType = head.AnswerFormat == BodyFormat.MessagePack ? MessagePackMedia.ContentType : "application/json";
        context.Response.ContentLength = body.WrittenCount;
        return context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }

    private static Task RefuseAsync(HttpContext context, IngestProblem refusal, IngestResponse? counts = null)
    {
        if (refusal.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return Problem.WriteAsync(context, refusal.Status, refusal.Detail, json => Extend(json, refusal, counts));
    }

    private static void Extend(Utf8JsonWriter json, IngestProblem refusal, IngestResponse? counts)
    {
        if (refusal.ByteOffset is { } offset)
        {
            json.WriteNumber("byteOffset"u8, offset);
        }

        if (refusal.Field is { } field)
        {
            json.WriteString("field"u8, field);
        }

        if (counts is not null)
        {
            json.WriteNumber("accepted"u8, counts.Counts.Accepted);
            json.WriteNumber("rejected"u8, counts.Counts.Rejected);
            JsonIngestResponse.WriteErrors(json, counts.Errors);
        }
    }
}

/// <summary>Whether pushes are taken at all just now. Thread safe.</summary>
internal sealed class IngestGate(IHostApplicationLifetime lifetime, StoreApplier applier)
{
    /// <summary>Why no push is taken, or null.</summary>
    public IngestProblem? FindProblem()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return IngestProblem.Stopping;
        }

        return applier.WhyNotReady() is { } reason ? IngestProblem.Unavailable(reason) : null;
    }
}
