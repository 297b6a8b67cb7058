using TimeSeries.Ingest.Protocols.Otlp.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>
/// Decodes a request in protobuf (Export…ServiceRequest) into a builder: each resource is an agent, each of its items a sample, several or none. Not thread
/// safe; reused.
/// </summary>
internal sealed class OtlpDecoder(AttributeKeys keys, OtlpOptions options)
{
    // Samples of a few bytes take many times as much in columns: they are weighed so often that what came since the last time is little.
    private const int ItemsBetweenWeighings = 4_096;

    private readonly AttributeTable _resource = new(keys);
    private readonly TraceDecoder _traces = new(keys, options);
    private readonly MetricDecoder _metrics = new(options);
    private readonly LogDecoder _logs = new(keys);
    private int _untilWeighing;

    /// <summary>
    /// Decodes a body. Null when it is well formed; an item that can't be used is noted in the state. Ends early when there is no memory for more.
    /// </summary>
    public DecodeError? Decode(ReadOnlySpan<byte> body, TelemetrySignal signal, DecodeState state)
    {
        _traces.Begin();
        _untilWeighing = ItemsBetweenWeighings;
        try
        {
            ProtoReader reader = new(body);
            int resource = 0;
            while (!state.Share.IsExceeded && reader.Next())
            {
                if (reader.Key == ProtoReader.KeyOf(1, ProtoReader.Bytes))
                {
                    ReadResource(body, ref reader, signal, state, resource++);
                }
            }

            if (reader.Error is { } error)
            {
                return new DecodeError($"{error} at byte {reader.ErrorPosition}", reader.ErrorPosition, null);
            }
        }
        finally
        {
            state.Join.EndExceptions();
        }

        if (!state.Share.IsExceeded)
        {
            _traces.Complete(state);
        }

        return null;
    }

    // A resource may stand behind its items, and in parts.
    private void ReadResource(ReadOnlySpan<byte> body, ref ProtoReader request, TelemetrySignal signal, DecodeState state, int index)
    {
        _resource.Clear();
        ProtoReader reader = new(body, request.Value);
        while (reader.Next())
        {
            if (reader.Key == ProtoReader.KeyOf(1, ProtoReader.Bytes))
            {
                ReadAttributes(body, ref reader);
            }
        }

        if (!request.Adopt(reader))
        {
            return;
        }

        state.Agent.Set(_resource, body, state.Builder);
        if (signal == TelemetrySignal.Metrics)
        {
            _metrics.BeginResource();
            if (!ReadScopes(body, ref request, signal, state, index, isLook: true))
            {
                return;
            }
        }

        if (ReadScopes(body, ref request, signal, state, index, isLook: false) && signal == TelemetrySignal.Metrics)
        {
            _metrics.EndResource(state);
        }
    }

    private bool HasRoom(DecodeState state)
    {
        if (--_untilWeighing > 0)
        {
            return !state.Share.IsExceeded;
        }

        _untilWeighing = ItemsBetweenWeighings;
        return state.Share.TryHoldColumns(state.Builder.Samples.AllocatedBytes + _traces.AllocatedBytes);
    }

    private void ReadAttributes(ReadOnlySpan<byte> body, ref ProtoReader outer)
    {
        ProtoReader reader = new(body, outer.Value);
        while (reader.Next())
        {
            if (reader.Key == ProtoReader.KeyOf(1, ProtoReader.Bytes))
            {
                _resource.Read(body, ref reader);
            }
        }

        outer.Adopt(reader);
    }

    private bool ReadScopes(ReadOnlySpan<byte> body, ref ProtoReader request, TelemetrySignal signal, DecodeState state, int resource, bool isLook)
    {
        ProtoReader reader = new(body, request.Value);
        int index = 0;
        while (reader.Next())
        {
            if (reader.Key == ProtoReader.KeyOf(2, ProtoReader.Bytes))
            {
                ReadScope(body, ref reader, signal, state, new SignalPlace(resource, index++, 0), isLook);
            }
        }

        return request.Adopt(reader);
    }

    private void ReadScope(ReadOnlySpan<byte> body, ref ProtoReader outer, TelemetrySignal signal, DecodeState state, SignalPlace place, bool isLook)
    {
        ProtoReader reader = new(body, outer.Value);
        int index = 0;
        while (HasRoom(state) && reader.Next())
        {
            if (reader.Key != ProtoReader.KeyOf(2, ProtoReader.Bytes))
            {
                continue;
            }

            SignalPlace item = place with { Item = index++ };
            _ = signal switch
            {
                TelemetrySignal.Traces => _traces.Read(body, ref reader, state, item),
                TelemetrySignal.Logs => _logs.Read(body, ref reader, state, item),
                _ => isLook ? _metrics.Look(body, ref reader) : _metrics.Read(body, ref reader, state, item),
            };
        }

        outer.Adopt(reader);
    }
}
