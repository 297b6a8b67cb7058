using System.Buffers;
using System.IO.Hashing;
using TimeSeries.Core.Building;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Protocols.Otlp.Mapping;
using TimeSeries.Ingest.Protocols.Otlp.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Otlp.Transport;

/// <summary>One export, whatever it came over: decoded, and its response as a message of protobuf or JSON. Not thread safe.</summary>
internal abstract class OtlpRequest(OtlpReceiver receiver, TelemetrySignal signal, long pcode) : IBatchRequest
{
    private readonly DecodeState _state = new() { Pcode = pcode };
    private RequestEnding? _ending;
    private UInt128 _bodyHash;
    private bool _isSubmitted;

    public string Protocol => OtlpReceiver.ProtocolName;

    public virtual BodyLimits Limits => receiver.Limits;

    public abstract BodyEncoding Encoding { get; }

    public virtual TimeSpan? TimeLeft => null;

    /// <summary>Whether the body came to be decoded.</summary>
    protected bool IsDecoded { get; private set; }

    /// <summary>Whether body and response are JSON.</summary>
    protected abstract bool IsJson { get; }

    public virtual IngestProblem? Open(ReadOnlyMemory<byte> sent, out ReadOnlyMemory<byte> body)
    {
        body = sent;
        return null;
    }

    public DecodeError? Decode(ReadOnlySpan<byte> body, SampleBatchBuilder into, MemoryReservation share)
    {
        IsDecoded = true;
        _bodyHash = XxHash128.HashToUInt128(body);
        JoinChange join = new(receiver.Joins);
        _state.Builder = into;
        _state.Share = share;
        _state.Join = join;
        receiver.Begin(_state);
        _state.IsFromJson = IsJson;
        _ending = new RequestEnding(receiver, join, pcode, signal);
        OtlpDecoder decoder = receiver.Rent();
        DecodeError? error = IsJson ? DecodeJson(decoder, body) : decoder.Decode(body, signal, _state);
        receiver.Return(decoder);
        if (error is null && !share.IsExceeded)
        {
            _ending.Begin(_state.Items, _state.ClockBackwards);
        }

        return error;
    }

    public async ValueTask<IngestProblem?> WaitForOthersAsync()
    {
        try
        {
            if (_state.Join.HasEarlier && !await receiver.WaitForEarlierAsync(_state.Join, TimeLeft))
            {
                return IngestProblem.Unavailable("an export that came before has the same exception, and was not stored");
            }

            if (_state.Join.HasLater)
            {
                foreach ((LaterCalls calls, CallSums sums) in await receiver.TakeLaterAsync(_state.Join, TimeLeft))
                {
                    TransactionSums.Add(_state.Builder.Of(Kind.Transaction), calls.Row, sums, calls.HasApi);
                }
            }

            return null;
        }
        catch (TimeoutException)
        {
            return IngestProblem.Delayed;
        }
    }

    public Action<CommitOutcome>? BeginSubmit()
    {
        _isSubmitted = true;
        return _ending is { } ending ? ending.End : null;
    }

    public ResendKey? FindKey(AuthenticatedProject project) => new ResendKey(
        IdempotencyKey.OfBody(project.Project.Pcode, System.Text.Encoding.ASCII.GetBytes(TelemetrySignals.NameOf(signal)), _bodyHash), receiver.ResendWindow);

    public Task RespondAsync(HttpContext context, IngestResult result)
    {
        if (result.Problem is { } problem)
        {
            return RefuseAsync(context, problem);
        }

        if (!result.HasSamples)
        {
            _ending?.End(CommitOutcome.Stored);
        }

        ArrayBufferWriter<byte> message = new(64);
        WriteResponse(message);
        return RespondAsync(context, message.WrittenMemory);
    }

    public void Dispose()
    {
        // Whatever ended it: what was taken for its transactions is given back, unless the batch is on its way and ends by itself.
        if (!_isSubmitted)
        {
            _ending?.End(CommitOutcome.LogUnavailable);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Writes the message of a success.</summary>
    protected abstract Task RespondAsync(HttpContext context, ReadOnlyMemory<byte> message);

    /// <summary>Writes why the export is refused.</summary>
    protected abstract Task RefuseAsync(HttpContext context, IngestProblem problem);

    private DecodeError? DecodeJson(OtlpDecoder decoder, ReadOnlySpan<byte> body)
    {
        using PooledBuffer protobuf = new(Math.Max(256, body.Length));
        return JsonTranscoder.Write(body, signal, protobuf) ?? decoder.Decode(protobuf.Written.Span, signal, _state);
    }

    // Export…PartialSuccess is only there when something was rejected.
    private void WriteResponse(ArrayBufferWriter<byte> into)
    {
        SignalCounts items = _state.Items;
        PartialSuccess? rejected = items.RejectedTotal > 0 ? new PartialSuccess(items.RejectedTotal, items.Describe(signal)) : null;
        if (IsJson)
        {
            PartialSuccess.WriteJson(rejected, signal, into);
        }
        else
        {
            rejected?.WriteProto(into);
        }
    }
}
