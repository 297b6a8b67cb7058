using System.Diagnostics;
using System.Globalization;

namespace TimeSeries.Agent.Collecting;

/// <summary>
/// The tags of an activity that mean something here, by the semantic conventions of OpenTelemetry: the stable names, and the older ones that count where the
/// stable one is absent. Connection strings and database users are never read.
/// </summary>
internal struct SpanTags
{
    private string? _method;
    private string? _oldMethod;
    private string? _originalMethod;
    private string? _path;
    private string? _target;
    private string? _url;
    private string? _oldUrl;
    private string? _address;
    private string? _peerName;
    private string? _peerAddress;
    private string? _system;
    private string? _oldSystem;
    private string? _query;
    private string? _oldQuery;
    private string? _database;
    private string? _oldDatabase;
    private string? _operation;
    private string? _collection;
    private string? _client;
    private string? _oldClient;
    private string? _userAgent;
    private string? _oldUserAgent;
    private string? _rpcMethod;
    private string? _rpcService;
    private string? _user;
    private string? _oldUser;
    private int _status;
    private int _oldStatus;
    private int _port;
    private int _peerPort;

    public SpanTags()
    {
        Rows = -1;
    }

    public string? Route { get; private set; }

    public string? Template { get; private set; }

    public string? Summary { get; private set; }

    public string? ErrorType { get; private set; }

    public string? MessagingOperation { get; private set; }

    public bool IsError { get; private set; }

    public bool IsRpc { get; private set; }

    public long Rows { get; private set; }

    public readonly string? Method => (_method == "_OTHER" ? _originalMethod : _method) ?? _oldMethod;

    public readonly string? Url => _url ?? _oldUrl;

    public readonly string? Path => _path ?? _target;

    public readonly string? Address => _address ?? _peerName ?? _peerAddress;

    public readonly int Port => _port != 0 ? _port : _peerPort;

    public readonly int Status => _status != 0 ? _status : _oldStatus;

    public readonly string? System => _system ?? _oldSystem;

    public readonly string? Query => _query ?? _oldQuery;

    public readonly string? Database => _database ?? _oldDatabase;

    public readonly string? Operation => _operation;

    public readonly string? Collection => _collection;

    public readonly string? Client => _client ?? _oldClient;

    public readonly string? UserAgent => _userAgent ?? _oldUserAgent;

    public readonly string? User => _user ?? _oldUser;

    public readonly string? RpcMethod => _rpcMethod;

    public readonly string? RpcService => _rpcService;

    public readonly bool IsSql => (System ?? Query) is not null;

    public readonly bool IsHttp => (Method ?? Url) is not null;

    /// <summary>Reads the tags of an activity.</summary>
    public static SpanTags Of(Activity activity)
    {
        SpanTags tags = new();
        foreach (ref readonly KeyValuePair<string, object?> tag in activity.EnumerateTagObjects())
        {
            if (tag.Value is not null and not "")
            {
                tags.Set(tag.Key, tag.Value);
            }
        }

        return tags;
    }

    private void Set(string key, object value)
    {
        string? text = value as string;
        switch (key)
        {
            case "http.request.method": _method = text; break;
            case "http.method": _oldMethod = text; break;
            case "http.request.method_original": _originalMethod = text; break;
            case "http.route": Route = text; break;
            case "url.path": _path = text; break;
            case "http.target": _target = text; break;
            case "url.full": _url = text; break;
            case "http.url": _oldUrl = text; break;
            case "url.template": Template = text; break;
            case "http.response.status_code": _status = Number(value); break;
            case "http.status_code": _oldStatus = Number(value); break;
            case "error.type": ErrorType = text; break;
            case "error": IsError = value is true; break;
            default: SetOther(key, text, value); break;
        }
    }

    private void SetOther(string key, string? text, object value)
    {
        switch (key)
        {
            case "server.address": _address = text; break;
            case "net.peer.name": _peerName = text; break;
            case "network.peer.address" or "net.sock.peer.addr" or "net.peer.ip": _peerAddress = text; break;
            case "server.port": _port = Number(value); break;
            case "net.peer.port" or "network.peer.port" or "net.sock.peer.port": _peerPort = Number(value); break;
            case "db.system.name": _system = text; break;
            case "db.system": _oldSystem = text; break;
            case "db.query.text": _query = text; break;
            case "db.statement": _oldQuery = text; break;
            case "db.namespace": _database = text; break;
            case "db.name": _oldDatabase = text; break;
            case "db.query.summary" or "db.stored_procedure.name": Summary ??= text; break;
            case "db.operation.name" or "db.operation": _operation = text; break;
            case "db.collection.name" or "db.sql.table" or "db.mongodb.collection": _collection = text; break;
            case "db.response.returned_rows": Rows = value is int or long ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : -1; break;
            case "client.address": _client = text; break;
            case "http.client_ip": _oldClient = text; break;
            case "user_agent.original": _userAgent = text; break;
            case "http.user_agent": _oldUserAgent = text; break;
            case "user.id": _user = text; break;
            case "enduser.id": _oldUser = text; break;
            case "rpc.system.name" or "rpc.system": IsRpc = true; break;
            case "rpc.method": _rpcMethod = text; break;
            case "rpc.service": _rpcService = text; break;
            case "messaging.operation.type" or "messaging.operation": MessagingOperation = text; break;
        }
    }

    private static int Number(object value) => value switch
    {
        int number => number,
        long number => (int)Math.Clamp(number, 0, int.MaxValue),
        string text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0,
        _ => 0,
    };
}
