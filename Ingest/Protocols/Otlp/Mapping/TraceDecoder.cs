using System.Buffers.Binary;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Protocols.Otlp.Wire;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>
/// Decodes the spans of one request straight into transactions, SQL calls, HTTP calls and exceptions, then gives transactions the sums of their calls, and
/// calls the name of their transaction. Not thread safe.
/// </summary>
internal sealed class TraceDecoder(AttributeKeys keys, OtlpOptions options)
{
    private const int HexIdBytes = 32;
    private const int MaxKept = 4_096;

    private readonly AttributeTable _attributes = new(keys);
    private readonly ExceptionMapping _exceptions = new(keys);
    private readonly SpanMapping _mapping = new(options);
    private readonly SpanIndex _spans = new();

    // Rows of exceptions, each with the index of its span.
    private readonly List<(int Row, int Span)> _exceptionRows = [];
    private readonly byte[] _txid = new byte[HexIdBytes];

    /// <summary>Bytes of memory held for the spans of the request.</summary>
    public long AllocatedBytes => _spans.AllocatedBytes;

    /// <summary>Forgets the request before.</summary>
    public void Begin()
    {
        _spans.Clear();
        _exceptionRows.Clear();
        if (_exceptionRows.Capacity > MaxKept)
        {
            _exceptionRows.Capacity = MaxKept;
        }
    }

    /// <summary>Decodes a span of a resource. False when it is malformed: <paramref name="scope"/> says why.</summary>
    public bool Read(ReadOnlySpan<byte> body, ref ProtoReader scope, DecodeState state, in SignalPlace place)
    {
        if (!SpanFields.Read(body, ref scope, state.IsFromJson, _attributes, out SpanFields span)
            || !_exceptions.Read(body, ref scope, span.HasEvents))
        {
            return false;
        }

        if (Map(body, ref span, state) is { } reason)
        {
            state.Items.AddRejected(reason, place);
        }

        return true;
    }

    /// <summary>Joins calls and transactions once all spans were read.</summary>
    public void Complete(DecodeState state)
    {
        if (_spans.Count == 0)
        {
            return;
        }

        _spans.Complete();
        KindBuilder transactions = state.Builder.Of(Kind.Transaction);
        NameServices(state.Builder, transactions);
        for (int i = 0; i < _spans.Count; i++)
        {
            Join(i, state.Join);
        }

        SetSums(transactions);
        FindLater(state.Join);
    }

    private SignalRejection? Map(ReadOnlySpan<byte> body, ref SpanFields span, DecodeState state)
    {
        if (!state.Agent.IsValid)
        {
            return SignalRejection.Utf8;
        }

        if ((span.CheckIds(body) ?? _exceptions.Check(body, span.End, state.Bounds)) is { } invalid)
        {
            return invalid;
        }

        SpanRole role = _mapping.RoleOf(span, _attributes, body, out UnmappedReason unmapped);
        if ((role != SpanRole.None || _exceptions.Events.Count > 0) && !state.Agent.TryAdmit(state))
        {
            return SignalRejection.Agents;
        }

        SpanEntry entry = EntryOf(body, span, state);
        WriteTxid(span.TraceId.Of(body));
        if (role != SpanRole.None && AddRow(body, span, role, state, ref entry) is { } rejected)
        {
            return rejected;
        }

        int exceptions = AddExceptions(body, span, state, entry.Key);
        _spans.Add(entry);
        if (role != SpanRole.None || exceptions > 0)
        {
            state.Items.AddMapped();
        }
        else
        {
            state.Items.AddUnmapped(unmapped);
        }

        return null;
    }

    private SignalRejection? AddRow(ReadOnlySpan<byte> body, in SpanFields span, SpanRole role, DecodeState state, ref SpanEntry entry)
    {
        Kind kind = role switch
        {
            SpanRole.Transaction => Kind.Transaction,
            SpanRole.Sql => Kind.Sql,
            _ => Kind.Httpc,
        };
        if (CheckTimes(span, kind, state, out long elapsed) is { } reason)
        {
            return reason;
        }

        KindBuilder builder = state.Builder.Of(kind);
        SampleRow row = new(builder);
        row.Set(KindSchema.Time, TimeBounds.Milliseconds(span.End));
        state.Agent.SetRow(builder);
        switch (role)
        {
            case SpanRole.Transaction:
                row.SetStored(Fields.Transaction.Elapsed, elapsed);
                row.Set(Fields.Transaction.Txid, _txid);
                _mapping.FillTransaction(ref row, span, _attributes, body, _exceptions.Last);
                entry.IsTransaction = true;
                entry.HasApi = _attributes.Has(AttributeField.ApiId);
                break;
            case SpanRole.Sql:
                row.SetStored(Fields.Sql.Elapsed, elapsed);
                row.Set(Fields.Sql.Txid, _txid);
                _mapping.FillSql(ref row, span, _attributes, body);
                entry.Own = new CallSums(1, 0, elapsed, 0);
                break;
            default:
                row.SetStored(Fields.Httpc.Elapsed, elapsed);
                row.Set(Fields.Httpc.Txid, _txid);
                _mapping.FillHttpc(ref row, span, _attributes, body);
                entry.Own = new CallSums(0, 1, 0, elapsed);
                break;
        }

        entry.Row = row.End();
        return entry.Row < 0 ? SignalRejection.Utf8 : null;
    }

    private static SignalRejection? CheckTimes(in SpanFields span, Kind kind, DecodeState state, out long elapsed)
    {
        elapsed = TimeBounds.Microseconds(span.Start, span.End);
        if (span.Start == 0 || span.End == 0)
        {
            return span.Start == 0 ? SignalRejection.StartMissing : SignalRejection.EndMissing;
        }

        if (span.End < span.Start)
        {
            state.ClockBackwards++;
        }

        // A beginning before all time is no beginning.
        return state.Bounds.Check(kind, span.End) ?? (elapsed > SampleSchema.MaxDurationMicroseconds ? SignalRejection.TooOld : null);
    }

    private int AddExceptions(ReadOnlySpan<byte> body, in SpanFields span, DecodeState state, in SpanKey key)
    {
        int added = 0;
        foreach (ExceptionEvent found in _exceptions.Events)
        {
            long time = TimeBounds.Milliseconds(found.TimeOr(span.End));
            ulong hash = SeenExceptions.HashOf(
                key.Pcode, key.Oid, span.TraceId.Of(body), ExceptionMapping.ClassOf(found.Texts, body), found.Texts.Message.Of(body));
            added++;
            if (!state.Join.TryAddException(key.Oid, hash, time))
            {
                state.Items.RepeatedExceptions++;
                continue;
            }

            KindBuilder builder = state.Builder.Of(Kind.Exception);
            state.Agent.SetRow(builder);
            _exceptionRows.Add((ExceptionMapping.AddRow(builder, found.Texts, time, body, _txid), _spans.Count));
        }

        return added;
    }

    private static SpanEntry EntryOf(ReadOnlySpan<byte> body, in SpanFields span, DecodeState state) => new()
    {
        Key = SpanKey.Of(state.Pcode, state.Agent.Oid, span.TraceId.Of(body), span.SpanId.Of(body)),
        Parent = span.HasParent ? BinaryPrimitives.ReadUInt64LittleEndian(span.ParentId.Of(body)) : 0,
        Row = -1,
        Next = SpanIndex.None,
    };

    private void WriteTxid(ReadOnlySpan<byte> trace) => Convert.TryToHexStringLower(trace, _txid, out _);

    // A call's transaction is known here only when it is in the same request.
    private void NameServices(SampleBatchBuilder builder, KindBuilder transactions)
    {
        if (transactions.Rows == 0)
        {
            return;
        }

        TextColumn names = transactions.Field(Fields.Transaction.Service).Texts;
        for (int i = 0; i < _spans.Count; i++)
        {
            CallSums own = _spans[i].Own;
            if (own.Calls > 0)
            {
                bool isSql = own.SqlCount > 0;
                NameService(builder.Of(isSql ? Kind.Sql : Kind.Httpc), isSql ? Fields.Sql.Service : Fields.Httpc.Service, _spans[i].Row, i, names);
            }
        }

        foreach ((int row, int span) in _exceptionRows)
        {
            NameService(builder.Of(Kind.Exception), Fields.Exception.Service, row, span, names);
        }
    }

    private void NameService(KindBuilder kind, int field, int row, int span, TextColumn names)
    {
        int transaction = _spans.FindTransaction(span, out _);
        if (transaction != SpanIndex.None)
        {
            kind.Field(field).Texts.Set(row, names.Symbols[names.Codes[_spans[transaction].Row]]);
        }
    }

    private void Join(int index, JoinChange join)
    {
        if (join.TryTake(_spans[index].Key, out CallSums earlier))
        {
            Climb(index, earlier, join, isEarlier: true);
        }

        CallSums own = _spans[index].Own;
        if (own.Calls == 0)
        {
            return;
        }

        if (!_spans[index].HasParent)
        {
            join.CountOrphans(own);
            return;
        }

        SpanKey parentKey = _spans[index].ParentKey;
        int parent = _spans.Find(parentKey);
        if (parent == SpanIndex.None)
        {
            join.Wait(parentKey, own);
        }
        else
        {
            Climb(parent, own, join, isEarlier: false);
        }
    }

    private void Climb(int from, in CallSums sums, JoinChange join, bool isEarlier)
    {
        int transaction = _spans.FindTransaction(from, out SpanKey? missing);
        if (transaction != SpanIndex.None)
        {
            _spans[transaction].Calls += sums;
            join.CountJoined(sums, isEarlier);
        }
        else if (missing is { } key)
        {
            join.Wait(key, sums);
        }
        else
        {
            join.CountOrphans(sums);
        }
    }

    private void FindLater(JoinChange join)
    {
        foreach ((JoinChange from, SpanKey key) in join.Announce(_spans))
        {
            int transaction = _spans.FindTransaction(_spans.Find(key), out SpanKey? missing);
            join.TakeLater(transaction == SpanIndex.None
                ? new LaterCalls(from, key, Row: -1, HasApi: false, missing)
                : new LaterCalls(from, key, _spans[transaction].Row, _spans[transaction].HasApi, Next: null));
        }
    }

    private void SetSums(KindBuilder transactions)
    {
        for (int i = 0; i < _spans.Count; i++)
        {
            ref SpanEntry span = ref _spans[i];
            if (span.IsTransaction)
            {
                TransactionSums.Set(transactions, span.Row, span.Calls, span.HasApi);
            }
        }
    }
}
