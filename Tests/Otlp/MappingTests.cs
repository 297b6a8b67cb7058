using System.Text.Json;
using Google.Protobuf;
using NUnit.Framework;
using TimeSeries.Core.Memory;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Ingest.Protocols.Otlp.Texts;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp;

/// <summary>What spans, points and records become, field by field, as the receiver's contract has it.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class MappingTests
{
    private static ulong _trace = 1_000;

    private OtlpServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await OtlpServer.StartAsync("--Otlp:Attributes:user_id=app.user,app.login");

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase("http.route=/a/{id};url.path=/a/5", "/a/{id}")]
    [TestCase("http.route=api/orders/{id}", "/api/orders/{id}")]
    [TestCase("rpc.method=shop.Cart/Add", "/shop.Cart/Add")]
    [TestCase("rpc.service=shop.Cart;rpc.method=Add", "/shop.Cart/Add")]
    [TestCase("rpc.method=_OTHER;rpc.method_original=shop.Cart/Take", "/shop.Cart/Take")]
    [TestCase("url.path=/a/17/b/00112233445566778899/c/6ba7b810-9dad-11d1-80b4-00c04fd430c8/v2", "/a/{id}/b/{id}/c/{id}/v2")]
    [TestCase("url.path=/deadbeef/0123456789abcdef", "/deadbeef/{id}")]
    [TestCase("http.target=/a/b?c=d", "/a/b")]
    [TestCase("url.full=http://h:80/a?x=1#y", "/a")]
    [TestCase("http.url=https://user:secret@h", "/")]
    [TestCase("http.route=;url.path=/empty-is-absent", "/empty-is-absent")]
    [TestCase("", "the name")]
    public async Task The_service_of_a_transaction(string attributes, string expected) =>
        Assert.That((await TransactionAsync(attributes)).GetProperty("service").GetString(), Is.EqualTo(expected));

    [TestCase("http.response.status_code=404", 404)]
    [TestCase("http.status_code=#200", 200)]
    [TestCase("http.response.status_code=#99", null)]
    [TestCase("rpc.grpc.status_code=#5", 404)]
    [TestCase("rpc.response.status_code=DEADLINE_EXCEEDED", 504)]
    [TestCase("rpc.status_code=SOMETHING", 500)]
    [TestCase("http.response.status_code=#201;rpc.grpc.status_code=#5", 201)]
    public async Task The_status_of_a_transaction(string attributes, int? expected)
    {
        JsonElement sample = await TransactionAsync(attributes);
        Assert.That(sample.TryGetProperty("status", out JsonElement status) ? status.GetInt32() : (int?)null, Is.EqualTo(expected));
        Assert.That(sample.GetProperty("error").GetBoolean(), Is.False);
    }

    [TestCase("http.request.method=GET", "method", "GET")]
    [TestCase("http.request.method=_OTHER;http.request.method_original=PURGE", "method", "PURGE")]
    [TestCase("client.address=10.0.0.1, 10.0.0.2", "remote_ip", "10.0.0.1")]
    [TestCase("net.sock.peer.addr=10.0.0.3", "remote_ip", "10.0.0.3")]
    [TestCase("enduser.id=u1", "user_id", "u1")]
    [TestCase("enduser.id=u1;app.login=u2", "user_id", "u2")]
    [TestCase("http.user_agent=curl/8", "user_agent", "curl/8")]
    [TestCase("geo.country.iso_code=NL", "country", "NL")]
    [TestCase("geo.locality.name=Delft", "city", "Delft")]
    [TestCase("tyk.api.id=a1", "api_id", "a1")]
    [TestCase("tyk.api.apikey.alias=k", "alias", "k")]
    [TestCase("user.id=#42", "user_id", "42")]
    public async Task A_text_of_a_transaction(string attributes, string field, string expected) =>
        Assert.That((await TransactionAsync(attributes)).GetProperty(field).GetString(), Is.EqualTo(expected));

    [Test]
    public async Task Only_an_error_has_class_and_message()
    {
        Span handled = Next(ServerKind, "");
        handled.Events.Add(Exception("Handled", "m1"));
        Span failed = Next(ServerKind, "error.type=timeout");
        failed.Status = new Status { Code = 2, Message = ByteString.CopyFromUtf8("gone") };
        Span thrown = Next(ServerKind, "");
        thrown.Events.Add([Exception("First", "m2"), Exception("Last", "m3")]);
        thrown.Status = new Status { Code = 2 };
        await _server.ExportAsync(Traces(handled, failed, thrown));
        Assert.That(Error(await FindAsync("transaction", handled)), Is.EqualTo((false, (string?)null, (string?)null)));
        Assert.That(Error(await FindAsync("transaction", failed)), Is.EqualTo((true, "timeout", "gone")));
        Assert.That(Error(await FindAsync("transaction", thrown)), Is.EqualTo((true, "Last", "m3")));

        static (bool, string?, string?) Error(JsonElement sample) => (sample.GetProperty("error").GetBoolean(),
            sample.TryGetProperty("error_class", out JsonElement type) ? type.GetString() : null,
            sample.TryGetProperty("error_message", out JsonElement message) ? message.GetString() : null);
    }

    [TestCase(ServerKind, "", "transaction")]
    [TestCase(ConsumerKind, "", "transaction")]
    [TestCase(ConsumerKind, "messaging.operation.type=process", "transaction")]
    [TestCase(InternalKind, "", "transaction")]
    [TestCase(0, "", "transaction")]
    [TestCase(9, "", "transaction")]
    [TestCase(ClientKind, "db.statement=SELECT 1", "sql")]
    [TestCase(ClientKind, "rpc.system=grpc", "httpc")]
    [TestCase(ClientKind, "http.method=GET", "httpc")]
    [TestCase(ClientKind, "db.system=redis;http.method=GET", "sql")]
    public async Task A_span_becomes(int kind, string attributes, string expected)
    {
        Span span = Next(kind, attributes);
        await _server.ExportAsync(Traces(span));
        Assert.That((await FindAsync(expected, span)).ValueKind, Is.EqualTo(JsonValueKind.Object));
    }

    [TestCase(ConsumerKind, "messaging.operation=receive", "messaging")]
    [TestCase(ConsumerKind, "messaging.operation.type=settle", "messaging")]
    [TestCase(ProducerKind, "", "producer")]
    [TestCase(ClientKind, "", "client_other")]
    public async Task A_span_that_is_nothing_is_counted(int kind, string attributes, string reason)
    {
        double before = await _server.MetricAsync("timeseries_otlp_items_total", $"reason=\"{reason}\"");
        ExportResponse response = await _server.ExportAsync(Traces(Next(kind, attributes)));
        Assert.That(response.PartialSuccess, Is.Null);
        Assert.That(await _server.MetricAsync("timeseries_otlp_items_total", $"reason=\"{reason}\""), Is.EqualTo(before + 1));
    }

    [TestCase("db.system.name=postgresql;db.namespace=shop;server.address=db1;server.port=#5432", "postgresql://db1:5432/shop")]
    [TestCase("db.system=mysql;net.peer.name=db1", "mysql://db1")]
    [TestCase("db.system=sqlite;db.name=main", "sqlite:///main")]
    [TestCase("db.system=h2", "h2")]
    [TestCase("db.system=redis;server.address=r;db.redis.database_index=#3;db.connection_string=secret;db.user=secret", "redis://r/3")]
    public async Task The_database_of_a_statement(string attributes, string expected)
    {
        Span span = Next(ClientKind, attributes);
        await _server.ExportAsync(Traces(span));
        Assert.That((await FindAsync("sql", span)).GetProperty("db").GetString(), Is.EqualTo(expected));
    }

    [TestCase("db.system=postgresql;db.query.text=SELECT 5", "SELECT #")]
    [TestCase("db.system=postgresql;db.query.summary=SELECT cart", "SELECT cart")]
    [TestCase("db.system=mssql;db.stored_procedure.name=dbo.buy", "dbo.buy")]
    [TestCase("db.system=redis;db.query.text=SET secret value", "SET")]
    [TestCase("db.system=mongodb;db.operation=find;db.mongodb.collection=carts", "find carts")]
    [TestCase("db.system=unheard-of;db.query.text=Select 1 from t", "Select # from t")]
    [TestCase("db.system=postgresql", "the name")]
    public async Task The_text_of_a_statement(string attributes, string expected)
    {
        Span span = Next(ClientKind, attributes);
        await _server.ExportAsync(Traces(span));
        Assert.That((await FindAsync("sql", span)).GetProperty("sql").GetString(), Is.EqualTo(expected));
    }

    [TestCase("url.template=/x/{id};url.full=http://h/x/5", "/x/{id}", "h", 80)]
    [TestCase("url.full=https://h/a/5?b=c", "/a/{id}", "h", 443)]
    [TestCase("http.url=http://u:p@[::1]:99/a", "/a", "::1", 99)]
    [TestCase("http.method=GET;url.path=/p;server.address=s;server.port=7", "/p", "s", 7)]
    [TestCase("rpc.system=grpc;rpc.service=a.B;rpc.method=C;server.address=s", "/a.B/C", "s", null)]
    [TestCase("http.method=GET", "/", null, null)]
    public async Task The_address_of_a_call(string attributes, string url, string? host, int? port)
    {
        Span span = Next(ClientKind, attributes);
        await _server.ExportAsync(Traces(span));
        JsonElement sample = await FindAsync("httpc", span);
        Assert.That((sample.GetProperty("url").GetString(), sample.TryGetProperty("host", out JsonElement found) ? found.GetString() : null,
            sample.TryGetProperty("port", out JsonElement number) ? number.GetInt32() : (int?)null), Is.EqualTo((url, host, port)));
    }

    [TestCase("service.name=s;service.instance.id=i1;host.name=h", "s-i1", "s", "h")]
    [TestCase("service.name=s;service.instance.id=6ba7b810-9dad-11d1-80b4-00c04fd430c8;host.name=h", "s-h", "s", "h")]
    [TestCase("service.name=s;service.instance.id=6ba7b810-9dad-11d1-80b4-00c04fd430c8", "s-6ba7b810", "s", null)]
    [TestCase("service.name=s;k8s.pod.name=p;host.name=h", "s-p", "s", "h")]
    [TestCase("service.name=s;service.namespace=n;container.id=0123456789abcdef", "s-0123456789ab", "n/s", "0123456789ab")]
    [TestCase("process.executable.name=e;k8s.node.name=k", "e", "e", "k")]
    [TestCase("x=y", "unknown_service", "unknown_service", null)]
    public async Task The_agent_of_a_resource(string attributes, string oname, string okind, string? onode)
    {
        Span span = Next(ServerKind, "");
        await _server.ExportAsync(new TraceExport { ResourceSpans = { Resource([Next(ServerKind, "")]), Resource([span], [.. Parse(attributes)]) } });
        JsonElement sample = await FindAsync("transaction", span);
        Assert.That((sample.GetProperty("oname").GetString(), sample.GetProperty("okind").GetString(),
            sample.TryGetProperty("onode", out JsonElement node) ? node.GetString() : null), Is.EqualTo((oname, okind, onode)));
    }

    [TestCase("SELECT * FROM t WHERE a = 'it''s' AND b = N'x' AND c = 1.5e-3", "SELECT * FROM t WHERE a = # AND b = # AND c = #")]
    [TestCase("  SELECT\t1 -- why\n  FROM /* trace 7 */ t1  ", "SELECT # FROM t1")]
    [TestCase("INSERT INTO t VALUES (1, 'a', ?), (2, 'b', ?)", "INSERT INTO t VALUES (#)")]
    [TestCase("SELECT a FROM t WHERE b IN ($1, $2,$3) AND c=:name AND d = @p0", "SELECT a FROM t WHERE b IN ($1) AND c=:name AND d = @p0")]
    [TestCase("SELECT $tag$it's$tag$, x::int, \"Col 1\" FROM t", "SELECT #, x::int, \"Col 1\" FROM t")]
    [TestCase("SELECT f(1, x) LIMIT 10, 20", "SELECT f(#, x) LIMIT #")]
    [TestCase("SELECT 'open", "SELECT #")]
    [TestCase("SELECT 0xFF, -5, col2, t3.c4", "SELECT #, -#, col2, t3.c4")]
    public void A_statement_without_its_values(string text, string expected) => Assert.That(Normalize(text, "postgresql"), Is.EqualTo(expected));

    [TestCase("SELECT \"a\\\"b\" # why\nFROM t", "SELECT # FROM t")]
    [TestCase("SELECT 'a\\'b', `c 1`", "SELECT #, `c 1`")]
    public void A_statement_of_MySQL_without_its_values(string text, string expected) => Assert.That(Normalize(text, "mysql"), Is.EqualTo(expected));

    private static string Normalize(string text, string system)
    {
        TextBuffer into = new();
        SqlText.Normalize(System.Text.Encoding.UTF8.GetBytes(text), System.Text.Encoding.UTF8.GetBytes(system), into);
        return System.Text.Encoding.UTF8.GetString(into.Written);
    }

    // key=value;key=#integer
    private static IEnumerable<(string Key, object Value)> Parse(string attributes) =>
        attributes.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => (
            pair[0], pair[1].StartsWith('#') ? (object)int.Parse(pair[1][1..], System.Globalization.CultureInfo.InvariantCulture) : pair[1]));

    private static Span Next(int kind, string attributes) =>
        Span(kind, 1, trace: Interlocked.Increment(ref _trace), name: "the name", attributes: [.. Parse(attributes)]);

    private async Task<JsonElement> TransactionAsync(string attributes)
    {
        Span span = Next(ServerKind, attributes);
        await _server.ExportAsync(Traces(span));
        return await FindAsync("transaction", span);
    }

    private async Task<JsonElement> FindAsync(string kind, Span span)
    {
        string txid = Convert.ToHexStringLower(span.TraceId.Span);
        return (await _server.SamplesAsync(kind)).Single(sample => sample.GetProperty("txid").GetString() == txid);
    }
}
