using System.Buffers.Text;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Otlp.Texts;
using TimeSeries.Ingest.Protocols.Otlp.Wire;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>Says what a span is, and fills the row of a transaction, an SQL call or an HTTP call from it. Not thread safe.</summary>
internal sealed class SpanMapping(OtlpOptions options)
{
    private readonly TextBuffer _text = new();
    private readonly TextBuffer _db = new();

    /// <summary>What a span is, or why it is nothing.</summary>
    public SpanRole RoleOf(in SpanFields span, AttributeTable attributes, ReadOnlySpan<byte> body, out UnmappedReason reason)
    {
        reason = default;
        bool isInternal = span.Kind is SpanKind.Internal or SpanKind.Unspecified;
        if (span.Kind == SpanKind.Server || (span.Kind == SpanKind.Consumer && !IsReceive(attributes, body)) || (!span.HasParent && IsRoot(isInternal)))
        {
            return SpanRole.Transaction;
        }

        if (span.Kind == SpanKind.Client || (isInternal && span.HasParent))
        {
            if (attributes.Has(AttributeField.DbSystem) || attributes.Has(AttributeField.DbText))
            {
                return SpanRole.Sql;
            }

            if (span.Kind == SpanKind.Client && (attributes.Has(AttributeField.RpcSystem) || attributes.Has(AttributeField.Method)
                || attributes.Has(AttributeField.UrlFull)))
            {
                return SpanRole.Httpc;
            }
        }

        reason = span.Kind switch
        {
            SpanKind.Client => UnmappedReason.ClientOther,
            SpanKind.Producer => UnmappedReason.Producer,
            SpanKind.Consumer => UnmappedReason.Messaging,
            _ => UnmappedReason.Internal,
        };
        return SpanRole.None;
    }

    /// <summary>Fills a transaction. What it has of its exceptions comes from the last of them.</summary>
    public void FillTransaction(
        ref SampleRow row, in SpanFields span, AttributeTable attributes, ReadOnlySpan<byte> body, in ExceptionTexts lastException)
    {
        row.Set(Fields.Transaction.Service, ServiceOf(span, attributes, body));
        row.Set(Fields.Transaction.Method, MethodOf(attributes, body));
        if ((StatusOf(attributes, body) ?? GrpcStatus.Find(attributes, body)) is { } status)
        {
            row.Set(Fields.Transaction.Status, status);
        }

        bool isError = IsError(span, attributes, body);
        row.Set(Fields.Transaction.Error, isError);
        if (isError)
        {
            ReadOnlySpan<byte> type = lastException.Type.Of(body);
            row.Set(Fields.Transaction.ErrorClass, type.IsEmpty ? attributes.Text(AttributeField.ErrorType, body) : type);
            row.Set(Fields.Transaction.ErrorMessage, span.StatusMessage.IsEmpty ? lastException.Message.Of(body) : span.StatusMessage.Of(body));
        }

        row.Set(Fields.Transaction.RemoteIp, RemoteOf(span, attributes, body));
        row.Set(Fields.Transaction.UserId, attributes.Text(AttributeField.UserId, body));
        row.Set(Fields.Transaction.UserAgent, attributes.Text(AttributeField.UserAgent, body));
        row.Set(Fields.Transaction.Country, attributes.Text(AttributeField.Country, body));
        row.Set(Fields.Transaction.City, attributes.Text(AttributeField.City, body));
        row.Set(Fields.Transaction.ApiId, attributes.Text(AttributeField.ApiId, body));
        row.Set(Fields.Transaction.ApiName, attributes.Text(AttributeField.ApiName, body));
        row.Set(Fields.Transaction.ApiKey, attributes.Text(AttributeField.ApiKey, body));
        row.Set(Fields.Transaction.OauthId, attributes.Text(AttributeField.OauthId, body));
        row.Set(Fields.Transaction.Alias, attributes.Text(AttributeField.Alias, body));
    }

    /// <summary>Fills an SQL call.</summary>
    public void FillSql(ref SampleRow row, in SpanFields span, AttributeTable attributes, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> system = attributes.Text(AttributeField.DbSystem, body);
        row.Set(Fields.Sql.Text, StatementOf(span, attributes, body, system));
        row.Set(Fields.Sql.Db, DbOf(attributes, body, system));
        row.Set(Fields.Sql.Error, IsError(span, attributes, body));
        if (attributes.Number(AttributeField.FetchCount, body) is { } fetched and >= 0 and <= SampleSchema.MaxCount)
        {
            row.Set(Fields.Sql.FetchCount, fetched);
        }
    }

    /// <summary>Fills an HTTP or RPC call.</summary>
    public void FillHttpc(ref SampleRow row, in SpanFields span, AttributeTable attributes, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> full = attributes.Text(AttributeField.UrlFull, body);
        ReadOnlySpan<byte> urlHost = UrlParts.HostOf(full, out int? urlPort);
        row.Set(Fields.Httpc.Url, UrlOf(span, attributes, body, full));
        ReadOnlySpan<byte> host = attributes.Text(AttributeField.Host, body);
        row.Set(Fields.Httpc.Host, host.IsEmpty ? urlHost : host);
        if ((attributes.Number(AttributeField.Port, body) ?? urlPort) is { } port and >= 0 and <= ushort.MaxValue)
        {
            row.Set(Fields.Httpc.Port, port);
        }

        row.Set(Fields.Httpc.Method, MethodOf(attributes, body));
        if (StatusOf(attributes, body) is { } status)
        {
            row.Set(Fields.Httpc.Status, status);
        }

        row.Set(Fields.Httpc.Error, IsError(span, attributes, body));
    }

    private static bool IsReceive(AttributeTable attributes, ReadOnlySpan<byte> body) =>
        attributes.Text(AttributeField.MessagingOperation, body) is var operation
        && (operation.SequenceEqual("receive"u8) || operation.SequenceEqual("settle"u8));

    private bool IsRoot(bool isInternal) => options.RootSpans switch
    {
        RootSpans.Any => true,
        RootSpans.None => false,
        _ => isInternal,
    };

    private static bool IsError(in SpanFields span, AttributeTable attributes, ReadOnlySpan<byte> body) =>
        span.IsError || attributes.IsTrue(AttributeField.Error, body);

    private ReadOnlySpan<byte> ServiceOf(in SpanFields span, AttributeTable attributes, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> text = attributes.Text(AttributeField.Service, body);
        if (!text.IsEmpty)
        {
            return text;
        }

        text = attributes.Text(AttributeField.Route, body);
        if (!text.IsEmpty)
        {
            return text[0] == (byte)'/' ? text : Join("/"u8, text);
        }

        text = RpcOf(attributes, body);
        if (!text.IsEmpty)
        {
            return text;
        }

        text = attributes.Text(AttributeField.UrlPath, body);
        text = text.IsEmpty ? UrlParts.PathOf(attributes.Text(AttributeField.HttpTarget, body)) : text;
        text = text.IsEmpty ? UrlParts.PathOf(attributes.Text(AttributeField.UrlFull, body)) : text;
        return !text.IsEmpty ? Collapse(text) : !span.Name.IsEmpty ? span.Name.Of(body) : "(unnamed)"u8;
    }

    // Since 1.38 the method's name has the service in it.
    private ReadOnlySpan<byte> RpcOf(AttributeTable attributes, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> method = attributes.Text(AttributeField.RpcMethod, body);
        if (method.SequenceEqual("_OTHER"u8) && attributes.Text(AttributeField.RpcMethodOriginal, body) is { IsEmpty: false } original)
        {
            method = original;
        }

        if (method.IsEmpty)
        {
            return default;
        }

        ReadOnlySpan<byte> service = attributes.Text(AttributeField.RpcService, body);
        if (service.IsEmpty)
        {
            return method[0] == (byte)'/' ? method : Join("/"u8, method);
        }

        _text.Clear();
        _text.Add((byte)'/');
        _text.Add(service);
        _text.Add((byte)'/');
        _text.Add(method);
        return _text.Written;
    }

    private ReadOnlySpan<byte> UrlOf(in SpanFields span, AttributeTable attributes, ReadOnlySpan<byte> body, ReadOnlySpan<byte> full)
    {
        ReadOnlySpan<byte> template = attributes.Text(AttributeField.UrlTemplate, body);
        if (!template.IsEmpty)
        {
            return template;
        }

        if (attributes.Has(AttributeField.RpcSystem))
        {
            ReadOnlySpan<byte> rpc = RpcOf(attributes, body);
            if (!rpc.IsEmpty)
            {
                return rpc;
            }
        }

        ReadOnlySpan<byte> path = UrlParts.PathOf(full);
        path = path.IsEmpty ? attributes.Text(AttributeField.UrlPath, body) : path;
        path = path.IsEmpty ? UrlParts.PathOf(attributes.Text(AttributeField.HttpTarget, body)) : path;
        bool isCall = attributes.Has(AttributeField.RpcSystem) && path.IsEmpty && !span.Name.IsEmpty;
        return isCall ? span.Name.Of(body) : path.IsEmpty ? "/"u8 : Collapse(path);
    }

    private static ReadOnlySpan<byte> MethodOf(AttributeTable attributes, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> method = attributes.Text(AttributeField.Method, body);
        return method.SequenceEqual("_OTHER"u8) && attributes.Text(AttributeField.MethodOriginal, body) is { IsEmpty: false } original ? original : method;
    }

    private static long? StatusOf(AttributeTable attributes, ReadOnlySpan<byte> body) =>
        attributes.Number(AttributeField.Status, body) is { } status and >= 100 and <= 599 ? status : null;

    private static ReadOnlySpan<byte> RemoteOf(in SpanFields span, AttributeTable attributes, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> address = attributes.Text(AttributeField.RemoteIp, body);
        address = address.IsEmpty && span.Kind == SpanKind.Server ? attributes.Text(AttributeField.PeerIp, body) : address;
        int comma = address.IndexOf((byte)',');
        return (comma < 0 ? address : address[..comma]).Trim((byte)' ');
    }

    private ReadOnlySpan<byte> StatementOf(in SpanFields span, AttributeTable attributes, ReadOnlySpan<byte> body, ReadOnlySpan<byte> system)
    {
        ReadOnlySpan<byte> own = attributes.Text(AttributeField.Sql, body);
        if (!own.IsEmpty)
        {
            return own;
        }

        ReadOnlySpan<byte> text = attributes.Text(AttributeField.DbText, body);
        bool isSql = SqlText.IsSql(system, text);
        if (isSql && !text.IsEmpty)
        {
            _text.Clear();
            SqlText.Normalize(text, system, _text);
            if (_text.Length > 0)
            {
                return _text.Written;
            }
        }

        ReadOnlySpan<byte> name = isSql ? attributes.Text(AttributeField.DbSummary, body) : default;
        name = isSql && name.IsEmpty ? attributes.Text(AttributeField.DbProcedure, body) : name;
        name = name.IsEmpty ? OperationOf(attributes, body) : name;
        name = !isSql && name.IsEmpty ? SqlText.FirstWord(text) : name;
        return !name.IsEmpty ? name : !span.Name.IsEmpty ? span.Name.Of(body) : "(unnamed)"u8;
    }

    private ReadOnlySpan<byte> OperationOf(AttributeTable attributes, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> operation = attributes.Text(AttributeField.DbOperation, body);
        ReadOnlySpan<byte> collection = attributes.Text(AttributeField.DbCollection, body);
        if (operation.IsEmpty || collection.IsEmpty)
        {
            return operation.IsEmpty ? collection : operation;
        }

        _text.Clear();
        _text.Add(operation);
        _text.Add((byte)' ');
        _text.Add(collection);
        return _text.Written;
    }

    private ReadOnlySpan<byte> DbOf(AttributeTable attributes, ReadOnlySpan<byte> body, ReadOnlySpan<byte> system)
    {
        ReadOnlySpan<byte> host = attributes.Text(AttributeField.Host, body);
        ReadOnlySpan<byte> name = attributes.Text(AttributeField.DbName, body);
        if (host.IsEmpty && name.IsEmpty)
        {
            return system;
        }

        _db.Clear();
        _db.Add(system.IsEmpty ? "other_sql"u8 : system);
        _db.Add("://"u8);
        _db.Add(host);
        if (!host.IsEmpty && attributes.Number(AttributeField.Port, body) is { } port)
        {
            _db.Add((byte)':');
            Utf8Formatter.TryFormat(port, _db.GetSpan(20), out int written);
            _db.Advance(written);
        }

        if (!name.IsEmpty)
        {
            _db.Add((byte)'/');
            _db.Add(name);
        }

        return _db.Written;
    }

    private ReadOnlySpan<byte> Collapse(ReadOnlySpan<byte> path)
    {
        if (!options.CollapsePaths)
        {
            return path;
        }

        _text.Clear();
        UrlParts.WriteCollapsed(path, _text);
        return _text.Written;
    }

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        _text.Clear();
        _text.Add(first);
        _text.Add(second);
        return _text.Written;
    }
}

/// <summary>What a span becomes.</summary>
internal enum SpanRole : byte
{
    None,
    Transaction,
    Sql,
    Httpc,
}

/// <summary>Where the texts of an exception are in the body.</summary>
internal readonly record struct ExceptionTexts(Segment Type, Segment Message, Segment Stack);
