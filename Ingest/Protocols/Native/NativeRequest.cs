using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using TimeSeries.Core.Building;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Protocols.Native.Layouts;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>
/// One push in this project's own format: what its headers and its envelope say, and what reads its samples. Reused: <see cref="Begin"/> forgets the
/// push before. Not thread safe.
/// </summary>
/// <param name="pool">Where it goes when it is disposed; null when nobody reuses it.</param>
internal sealed class NativeRequest(NativeRequestPool? pool = null) : IBatchRequest
{
    private readonly KindReader?[] _kinds = new KindReader?[SampleSchema.All.Length];
    private SampleBatchBuilder? _builder;

    /// <summary>What the headers say.</summary>
    public IngestHeaders Headers { get; set; }

    public string Protocol => "native";

    public BodyLimits Limits { get; set; } = BodyLimits.Default;

    public BodyEncoding Encoding => Headers.Encoding;

    public bool WaitsForStore => Headers.WaitsForStore;

    /// <summary>The columns that are filled.</summary>
    public SampleBatchBuilder Builder => _builder ?? throw new InvalidOperationException("Begin attaches the builder first.");

    /// <summary>The idempotency key, valid UTF-8 of 1 to 64 bytes; empty when absent.</summary>
    public EnvelopeText Id { get; } = new();

    /// <summary>Names on the wire that mean nothing here, once each.</summary>
    public UnknownNames Unknown { get; } = new();

    /// <summary>Reads the envelope's agent.</summary>
    public EnvelopeAgent Agent { get; } = new();

    /// <summary>Where texts with escapes are resolved.</summary>
    public TextBuffer Unescaped { get; } = new();

    public DecodeError? Decode(ReadOnlySpan<byte> body, SampleBatchBuilder into, MemoryReservation share) =>
        BatchDecoder.Decode(body, Headers.Format, this, into);

    /// <summary>Takes the builder that the body's samples go to, and forgets the body before.</summary>
    public void Begin(SampleBatchBuilder builder)
    {
        _builder = builder;
        Id.Clear();
        Unknown.Clear();
        foreach (KindReader? kind in _kinds)
        {
            kind?.Detach();
        }
    }

    /// <summary>What reads the samples of a kind; made when a batch first has some.</summary>
    public KindReader Kind(Kind kind) => _kinds[(int)kind] ??= new KindReader(kind, this);

    /// <summary>What read the samples of a kind, or null.</summary>
    public KindReader? FindKind(Kind kind) => _kinds[(int)kind];

    public ResendKey? FindKey(AuthenticatedProject project)
    {
        if (Id.Span.IsEmpty)
        {
            return null;
        }

        AgentIdentity agent = Builder.Agent;
        if (agent.IsGiven)
        {
            return new ResendKey(IdempotencyKey.OfAgent(project.Project.Pcode, agent.Oid, agent.Oname, Id.Span));
        }

        Span<byte> token = stackalloc byte[TokenHash.Size];
        project.Token.CopyTo(token);
        return new ResendKey(IdempotencyKey.OfToken(project.Project.Pcode, token, Id.Span));
    }

    public Task RespondAsync(HttpContext context, IngestResult result) => result switch
    {
        { Problem: { } problem } => NativeProtocol.RefuseAsync(context, problem, null, IsParsed(problem) ? Unknown : null),
        { HasSamples: false } => NativeProtocol.RefuseAsync(
            context, new IngestProblem(StatusCodes.Status400BadRequest, "No sample of the batch can be used; errors tells why."), result, Unknown),
        _ => WriteAsync(context, result),
    };

    // What is refused at a place and not for a field could not be read on from there.
    private static bool IsParsed(IngestProblem problem) =>
        problem.Status == StatusCodes.Status400BadRequest && (problem.Field is not null || problem.ByteOffset is null);

    public void Dispose()
    {
        _builder = null;
        pool?.Return(this);
    }

    private Task WriteAsync(HttpContext context, IngestResult result)
    {
        ArrayBufferWriter<byte> body = new(256);
        if (Headers.ResponseFormat == BodyFormat.MessagePack)
        {
            MessagePackIngestResponse.Write(body, result, Unknown);
        }
        else
        {
            using Utf8JsonWriter json = new(body);
            JsonIngestResponse.Write(json, result, Unknown);
        }

        context.Response.ContentType = Headers.ResponseFormat == BodyFormat.MessagePack ? MessagePackMedia.ContentType : "application/json";
        context.Response.ContentLength = body.WrittenCount;
        return context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }
}

/// <summary>Requests for use again. Thread safe.</summary>
internal sealed class NativeRequestPool
{
    // Enough for the requests that are under way at one time on a busy host; more are left to the collector.
    private const int MaxRequests = 64;

    private readonly ConcurrentBag<NativeRequest> _requests = [];

    public NativeRequest Rent() => _requests.TryTake(out NativeRequest? request) ? request : new NativeRequest(this);

    public void Return(NativeRequest request)
    {
        if (_requests.Count < MaxRequests)
        {
            _requests.Add(request);
        }
    }
}
