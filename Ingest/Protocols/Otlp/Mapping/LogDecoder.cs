using System.Text.Unicode;
using TimeSeries.Core.Building;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Protocols.Otlp.Wire;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>Decodes the log records of one request: those that tell of an exception become exceptions. Not thread safe.</summary>
internal sealed class LogDecoder(AttributeKeys keys)
{
    private const int TraceIdBytes = 16;

    // Trace, debug and info: no problem, as the conventions have it.
    private const uint LastLowSeverity = 12;

    private readonly AttributeTable _attributes = new(keys);
    private readonly byte[] _txid = new byte[2 * TraceIdBytes];
    private readonly TextBuffer _route = new();

    /// <summary>Decodes a log record of a resource. False when it is malformed: <paramref name="scope"/> says why.</summary>
    public bool Read(ReadOnlySpan<byte> body, ref ProtoReader scope, DecodeState state, in SignalPlace place)
    {
        if (!ReadRecord(body, ref scope, state.IsFromJson, out LogFields log))
        {
            return false;
        }

        if (log.HasBadHex)
        {
            state.Items.AddRejected(SignalRejection.Hex, place);
        }
        else if (ExceptionMapping.TextsOf(_attributes, body) is not { } texts)
        {
            state.Items.AddUnmapped(UnmappedReason.NoException);
        }
        else if (log.Severity is > 0 and <= LastLowSeverity)
        {
            state.Items.AddUnmapped(UnmappedReason.LowSeverity);
        }
        else
        {
            Add(body, log, texts.Message.IsEmpty ? texts with { Message = log.Body } : texts, state, place);
        }

        return true;
    }

    private void Add(ReadOnlySpan<byte> body, in LogFields log, in ExceptionTexts texts, DecodeState state, in SignalPlace place)
    {
        ulong at = log.Time == 0 ? log.ObservedTime : log.Time;
        ReadOnlySpan<byte> route = _attributes.Text(AttributeField.Route, body);
        SignalRejection? reason = !state.Agent.IsValid || !ExceptionMapping.AreValid(texts, body) || !Utf8.IsValid(route)
            ? SignalRejection.Utf8
            : state.Bounds.Check(Kind.Exception, at) ?? (state.Agent.TryAdmit(state) ? null : SignalRejection.Agents);
        if (reason is { } rejected)
        {
            state.Items.AddRejected(rejected, place);
            return;
        }

        ReadOnlySpan<byte> trace = log.TraceId.Of(body);
        bool hasTrace = trace.Length == TraceIdBytes && trace.ContainsAnyExcept((byte)0);
        long time = TimeBounds.Milliseconds(at);
        if (hasTrace && !state.Join.TryAddException(
            state.Agent.Oid, SeenExceptions.HashOf(state.Pcode, state.Agent.Oid, trace, ExceptionMapping.ClassOf(texts, body), texts.Message.Of(body)), time))
        {
            state.Items.AddDuplicate();
            state.Items.RepeatedExceptions++;
            return;
        }

        if (hasTrace)
        {
            Convert.TryToHexStringLower(trace, _txid, out _);
        }

        KindBuilder exceptions = state.Builder.Of(Kind.Exception);
        state.Agent.SetRow(exceptions);
        int row = ExceptionMapping.AddRow(exceptions, texts, time, body, hasTrace ? _txid : default);
        if (!route.IsEmpty)
        {
            exceptions.Field(Fields.Exception.Service).Texts.Set(row, Rooted(route));
        }

        state.Items.AddMapped();
    }

    private ReadOnlySpan<byte> Rooted(ReadOnlySpan<byte> route)
    {
        int limit = SampleSchema.Of(Kind.Exception).Fields[Fields.Exception.Service].MaxBytes;
        _route.Clear();
        if (route[0] != (byte)'/')
        {
            _route.Add((byte)'/');
        }

        _route.Add(route);
        _route.Truncate(Utf8Truncation.Length(_route.Written, limit));
        return _route.Written;
    }

    private bool ReadRecord(ReadOnlySpan<byte> body, ref ProtoReader scope, bool isFromJson, out LogFields log)
    {
        log = default;
        _attributes.Clear();
        ProtoReader reader = new(body, scope.Value);
        while (reader.Next())
        {
            switch (reader.Key)
            {
                case (1 << 3) | ProtoReader.Fixed64:
                    log.Time = reader.Number;
                    break;
                case (2 << 3) | ProtoReader.Varint:
                    log.Severity = (uint)reader.Number;
                    break;
                case (5 << 3) | ProtoReader.Bytes:
                    ReadBody(body, ref reader, ref log);
                    break;
                case (6 << 3) | ProtoReader.Bytes:
                    _attributes.Read(body, ref reader);
                    break;
                case (9 << 3) | ProtoReader.Bytes:
                    log.TraceId = reader.Value;
                    break;
                case (11 << 3) | ProtoReader.Fixed64:
                    log.ObservedTime = reader.Number;
                    break;
                case (SpanFields.BadHexField << 3) | ProtoReader.Varint when isFromJson:
                    log.HasBadHex = true;
                    break;
            }
        }

        return scope.Adopt(reader);
    }

    private static void ReadBody(ReadOnlySpan<byte> body, ref ProtoReader record, ref LogFields log)
    {
        ProtoReader any = new(body, record.Value);
        while (any.Next())
        {
            // One of several kinds of values, of which the last is meant.
            log.Body = any.Key == ProtoReader.KeyOf(1, ProtoReader.Bytes) ? any.Value : any.Field is >= 2 and <= 7 ? default : log.Body;
        }

        record.Adopt(any);
    }

    private struct LogFields
    {
        public ulong Time;
        public ulong ObservedTime;
        public uint Severity;
        public Segment Body;
        public Segment TraceId;
        public bool HasBadHex;
    }
}
