using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>
/// The keys of attributes that are read, each with a slot, and the slots of each <see cref="AttributeField"/> in the order in which they are tried: today's
/// names of OpenTelemetry's conventions, then older ones. Immutable.
/// </summary>
internal sealed class AttributeKeys
{
    private static readonly FrozenDictionary<AttributeField, string[]> _conventions = new Dictionary<AttributeField, string[]>
    {
        [AttributeField.ServiceName] = ["service.name", "process.executable.name"],
        [AttributeField.ServiceNamespace] = ["service.namespace"],
        [AttributeField.InstanceId] = ["service.instance.id"],
        [AttributeField.PodName] = ["k8s.pod.name"],
        [AttributeField.HostName] = ["host.name"],
        [AttributeField.NodeName] = ["k8s.node.name"],
        [AttributeField.ContainerId] = ["container.id"],
        [AttributeField.Route] = ["http.route"],
        [AttributeField.RpcMethod] = ["rpc.method"],
        [AttributeField.RpcMethodOriginal] = ["rpc.method_original"],
        [AttributeField.RpcService] = ["rpc.service"],
        [AttributeField.RpcSystem] = ["rpc.system.name", "rpc.system"],
        [AttributeField.UrlPath] = ["url.path"],
        [AttributeField.HttpTarget] = ["http.target"],
        [AttributeField.UrlFull] = ["url.full", "http.url"],
        [AttributeField.UrlTemplate] = ["url.template"],
        [AttributeField.Method] = ["http.request.method", "http.method"],
        [AttributeField.MethodOriginal] = ["http.request.method_original"],
        [AttributeField.Status] = ["http.response.status_code", "http.status_code"],
        [AttributeField.GrpcStatusName] = ["rpc.status_code", "rpc.response.status_code"],
        [AttributeField.GrpcStatus] = ["rpc.grpc.status_code"],
        [AttributeField.Error] = ["error"],
        [AttributeField.ErrorType] = ["error.type"],
        [AttributeField.RemoteIp] = ["client.address", "http.client_ip"],
        [AttributeField.PeerIp] = ["network.peer.address", "net.sock.peer.addr", "net.peer.ip"],
        [AttributeField.UserId] = ["user.id", "enduser.id", "enduser.pseudo.id"],
        [AttributeField.UserAgent] = ["user_agent.original", "http.user_agent"],
        [AttributeField.Country] = ["geo.country.iso_code"],
        [AttributeField.City] = ["geo.locality.name"],
        [AttributeField.ApiId] = ["tyk.api.id"],
        [AttributeField.ApiName] = ["tyk.api.name"],
        [AttributeField.ApiKey] = ["tyk.api.apikey"],
        [AttributeField.OauthId] = ["tyk.api.oauthid"],
        [AttributeField.Alias] = ["tyk.api.apikey.alias"],
        [AttributeField.MessagingOperation] = ["messaging.operation.type", "messaging.operation"],
        [AttributeField.DbSystem] = ["db.system.name", "db.system"],
        [AttributeField.DbText] = ["db.query.text", "db.statement"],
        [AttributeField.DbSummary] = ["db.query.summary"],
        [AttributeField.DbProcedure] = ["db.stored_procedure.name"],
        [AttributeField.DbOperation] = ["db.operation.name", "db.operation"],
        [AttributeField.DbCollection] = ["db.collection.name", "db.sql.table", "db.mongodb.collection", "db.cassandra.table"],
        [AttributeField.DbName] = ["db.namespace", "db.name", "db.redis.database_index"],
        [AttributeField.Host] = ["server.address", "net.peer.name", "network.peer.address", "net.sock.peer.addr", "net.peer.ip"],
        [AttributeField.Port] = ["server.port", "net.peer.port", "network.peer.port", "net.sock.peer.port"],
        [AttributeField.FetchCount] = ["db.response.returned_rows"],
        [AttributeField.ExceptionType] = ["exception.type"],
        [AttributeField.ExceptionMessage] = ["exception.message"],
        [AttributeField.ExceptionStack] = ["exception.stacktrace"],
    }.ToFrozenDictionary();

    /// <summary>The keys that conventions have.</summary>
    public static IEnumerable<string> Conventional => _conventions.Values.SelectMany(static keys => keys).Distinct(StringComparer.Ordinal);

    // Fields of samples that keys can be configured for.
    private static readonly FrozenDictionary<string, AttributeField> _configurable = new Dictionary<string, AttributeField>(StringComparer.OrdinalIgnoreCase)
    {
        ["oname"] = AttributeField.Oname,
        ["okind"] = AttributeField.Okind,
        ["onode"] = AttributeField.Onode,
        ["service"] = AttributeField.Service,
        ["method"] = AttributeField.Method,
        ["status"] = AttributeField.Status,
        ["error_class"] = AttributeField.ErrorType,
        ["remote_ip"] = AttributeField.RemoteIp,
        ["country"] = AttributeField.Country,
        ["city"] = AttributeField.City,
        ["user_id"] = AttributeField.UserId,
        ["user_agent"] = AttributeField.UserAgent,
        ["api_id"] = AttributeField.ApiId,
        ["api_name"] = AttributeField.ApiName,
        ["api_key"] = AttributeField.ApiKey,
        ["oauth_id"] = AttributeField.OauthId,
        ["alias"] = AttributeField.Alias,
        ["sql"] = AttributeField.Sql,
        ["url"] = AttributeField.UrlTemplate,
        ["host"] = AttributeField.Host,
        ["port"] = AttributeField.Port,
        ["class"] = AttributeField.ExceptionType,
        ["message"] = AttributeField.ExceptionMessage,
        ["stack"] = AttributeField.ExceptionStack,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly byte[][] _keys;
    private readonly ImmutableArray<int>[] _slots;
    private readonly int[] _table;

    /// <param name="configured">Keys separated by commas, by the name of the field that they are tried for before those of the conventions.</param>
    public AttributeKeys(IReadOnlyDictionary<string, string> configured)
    {
        Dictionary<string, int> slots = new(StringComparer.Ordinal);
        _slots = new ImmutableArray<int>[Enum.GetValues<AttributeField>().Length];
        ILookup<AttributeField, string> own = configured.Where(pair => _configurable.ContainsKey(pair.Key))
            .SelectMany(pair => pair.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                (pair, key) => (Field: _configurable[pair.Key], Key: key)).ToLookup(pair => pair.Field, pair => pair.Key);
        foreach (AttributeField field in Enum.GetValues<AttributeField>())
        {
            IEnumerable<string> keys = own[field].Concat(_conventions.GetValueOrDefault(field) ?? []);
            _slots[(int)field] = [.. keys.Select(key => slots.TryGetValue(key, out int slot) ? slot : slots[key] = slots.Count)];
        }

        _keys = [.. slots.OrderBy(pair => pair.Value).Select(pair => Encoding.UTF8.GetBytes(pair.Key))];
        _table = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_keys.Length * 4)];
        for (int slot = 0; slot < _keys.Length; slot++)
        {
            int at = (int)SymbolHash.Of(_keys[slot]) & (_table.Length - 1);
            while (_table[at] != 0)
            {
                at = (at + 1) & (_table.Length - 1);
            }

            _table[at] = slot + 1;
        }
    }

    /// <summary>The names of the fields that keys can be configured for.</summary>
    public static IReadOnlyCollection<string> Fields { get; } = [.. _configurable.Keys.Order(StringComparer.Ordinal)];

    /// <summary>How many slots there are.</summary>
    public int Count => _keys.Length;

    /// <summary>The slots of a field, in the order in which they are tried.</summary>
    public ImmutableArray<int> Of(AttributeField field) => _slots[(int)field];

    /// <summary>The slot of a key; −1 when it is not read.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        for (int at = (int)SymbolHash.Of(key) & (_table.Length - 1); _table[at] != 0; at = (at + 1) & (_table.Length - 1))
        {
            if (key.SequenceEqual(_keys[_table[at] - 1]))
            {
                return _table[at] - 1;
            }
        }

        return -1;
    }
}
