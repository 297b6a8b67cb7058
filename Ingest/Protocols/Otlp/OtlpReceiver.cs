using System.Collections.Concurrent;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Protocols.Otlp.Mapping;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Otlp;

/// <summary>What all exports share: options, decoders, calls that wait for their transaction, counts. Thread safe.</summary>
internal sealed class OtlpReceiver(
    OtlpOptions options, IngestOptions ingest, BatchLimits limits, AdmittedAgents agents, PushLedger pushes, SignalLedger items, JoinTables joins,
    TimeProvider clock)
{
    /// <summary>The protocol's name in metrics.</summary>
    public const string ProtocolName = "otlp";

    // Enough for the requests that are under way at one time on a busy host; more are left to the collector.
    private const int MaxDecoders = 32;

    private readonly ConcurrentBag<OtlpDecoder> _decoders = [];
    private readonly AttributeKeys _keys = new(options.Attributes);

    /// <summary>How large a request may be.</summary>
    public BodyLimits Limits { get; } = new(options.MaxRequestBytes, "Otlp:MaxRequestBytes", options.MaxRequestBytes, "Otlp:MaxRequestBytes");

    /// <summary>How long a request is remembered.</summary>
    public TimeSpan ResendWindow => options.ResendWindow;

    /// <summary>What requests share.</summary>
    public JoinTables Joins => joins;

    /// <summary>What became of items.</summary>
    public SignalLedger Items => items;

    /// <summary>What is counted of pushes.</summary>
    public PushLedger Pushes => pushes;

    /// <summary>Says what a request's decoding goes by at the moment: which times samples may have, and how many agents its project.</summary>
    public void Begin(DecodeState state)
    {
        state.Now = Timestamp.Now(clock);
        state.Bounds = TimeBounds.At(state.Now.Milliseconds, limits);
        state.Agents = agents;
    }

    /// <inheritdoc cref="JoinChange.WaitForEarlierAsync"/>
    /// <param name="join">Who waits.</param>
    /// <param name="timeLeft">How long at most, where that is less than pushes wait.</param>
    public Task<bool> WaitForEarlierAsync(JoinChange join, TimeSpan? timeLeft) => join.WaitForEarlierAsync(LongestWait(timeLeft), clock);

    /// <inheritdoc cref="JoinChange.TakeLaterAsync"/>
    public Task<IReadOnlyList<(LaterCalls Calls, CallSums Sums)>> TakeLaterAsync(JoinChange join, TimeSpan? timeLeft) =>
        join.TakeLaterAsync(LongestWait(timeLeft), clock);

    public OtlpDecoder Rent() => _decoders.TryTake(out OtlpDecoder? decoder) ? decoder : new OtlpDecoder(_keys, options);

    public void Return(OtlpDecoder decoder)
    {
        if (_decoders.Count < MaxDecoders)
        {
            _decoders.Add(decoder);
        }
    }

    private TimeSpan LongestWait(TimeSpan? timeLeft)
    {
        TimeSpan longest = timeLeft < ingest.StoredTimeout ? timeLeft.Value : ingest.StoredTimeout;
        return longest > TimeSpan.Zero ? longest : TimeSpan.Zero;
    }
}
