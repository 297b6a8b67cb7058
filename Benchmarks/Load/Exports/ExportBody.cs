using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TimeSeries.Benchmarks.Load.Exports;

/// <summary>The body of one request, made once; before each sending its times and ids are written over, so that no request is a resend of another.</summary>
internal sealed class ExportBody
{
    private const int NanosecondDigits = 19;
    private const ulong NanosecondsPerMillisecond = 1_000_000;

    // Of a trace: a request with two statements, a call and a step in between, in the order in which they end.
    private const int SpansPerTrace = 5;

    private readonly byte[] _bytes;
    private readonly List<int> _traceIds = [];
    private readonly List<int> _times = [];
    private readonly bool _isText;

    private ExportBody(byte[] bytes, bool isText)
    {
        _bytes = bytes;
        _isText = isText;
    }

    /// <summary>The bytes as they are now.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Spans like those of a web application under an SDK: 5 a trace, 6 to 10 attributes each.</summary>
    public static ExportBody OfSpans(int spans, int seed)
    {
        Random random = new(seed);
        ProtoBuffer scope = new();
        List<int> traceIds = [];
        List<int> times = [];
        for (int i = 0; i < spans; i++)
        {
            int number = i % SpansPerTrace;
            ProtoBuffer span = new();
            span.Add(1, new byte[16]);
            int trace = span.Length - 16;
            span.Add(2, SpanId(i));
            if (number < SpansPerTrace - 1)
            {
                span.Add(4, SpanId(number < 2 ? i - number + 3 : i - number + SpansPerTrace - 1));
            }

            AddKind(span, number, random);
            span.AddFixed(7, 0);
            int start = span.Length - 8;
            span.AddFixed(8, 0);
            AddAttributes(span, number, random);
            int at = scope.Add(2, span.Written);
            traceIds.Add(at + trace);
            times.Add(at + start);
        }

        ProtoBuffer resource = new();
        foreach ((string key, string value) in (IReadOnlyList<(string, string)>)
        [
            ("service.name", "shop"), ("service.version", "1.4.2"), ("service.instance.id", "627cc493-f310-47de-96bd-71410b7dec09"), ("host.name", "load-1"),
            ("telemetry.sdk.name", "opentelemetry"), ("telemetry.sdk.language", "dotnet"), ("telemetry.sdk.version", "1.20.1"),
        ])
        {
            resource.AddText(1, key, value);
        }

        ProtoBuffer outer = new();
        outer.Add(1, resource.Written);
        int offset = outer.Add(2, scope.Written);
        ProtoBuffer request = new();
        offset += request.Add(1, outer.Written);
        ExportBody body = new(request.Written.ToArray(), isText: false);
        body._traceIds.AddRange(traceIds.Select(place => place + offset));
        body._times.AddRange(times.Select(place => place + offset));
        return body;
    }

    /// <summary>Transactions as lines of 12 fields.</summary>
    public static ExportBody OfLines(int lines, int seed)
    {
        Random random = new(seed);
        StringBuilder text = new();
        List<int> times = [];
        List<int> ids = [];
        for (int i = 0; i < lines; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"transaction,oname=load-{i % 8},okind=shop service=\"/cart/{random.Next(200)}\",txid=\"");
            ids.Add(text.Length);
            text.Append('0', 32).Append(CultureInfo.InvariantCulture,
                $"\",elapsed={random.Next(1, 90_000) / 100.0},method=\"GET\",status={(random.Next(50) == 0 ? 500 : 200)}i,");
            text.Append(CultureInfo.InvariantCulture,
                $"error={(random.Next(50) == 0 ? 't' : 'f')},sql_count={random.Next(9)}i,sql_time={random.Next(9_000) / 100.0},httpc_count=1i,httpc_time=3.5,");
            text.Append(CultureInfo.InvariantCulture, $"remote_ip=\"10.0.{random.Next(9)}.{random.Next(250)}\" ");
            times.Add(text.Length);
            text.Append('0', NanosecondDigits).Append('\n');
        }

        ExportBody body = new(Encoding.ASCII.GetBytes(text.ToString()), isText: true);
        body._traceIds.AddRange(ids);
        body._times.AddRange(times);
        return body;
    }

    /// <summary>
    /// Writes present times and ids that no other request has. The times of lines differ by the nanosecond, so that no line takes another's place.
    /// </summary>
    /// <param name="milliseconds">The present.</param>
    /// <param name="firstId">The first id, of as many as there are samples.</param>
    public void Patch(long milliseconds, ulong firstId)
    {
        for (int i = 0; i < _times.Count; i++)
        {
            ulong id = firstId + (ulong)(_isText ? i : i / SpansPerTrace);
            ulong end = (ulong)(milliseconds - i % 1_000) * NanosecondsPerMillisecond;
            if (_isText)
            {
                id.TryFormat(_bytes.AsSpan(_traceIds[i], 16), out _, "x16", CultureInfo.InvariantCulture);
                (end + id % NanosecondsPerMillisecond).TryFormat(_bytes.AsSpan(_times[i], NanosecondDigits), out _, default, CultureInfo.InvariantCulture);
                continue;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_traceIds[i]), id * 0x9E3779B97F4A7C15);
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_traceIds[i] + 8), id);
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_times[i]), end - (ulong)(i % 40 + 1) * 250_000);
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_times[i] + 9), end);
        }
    }

    private static byte[] SpanId(int number)
    {
        byte[] id = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(id, number + 1);
        return id;
    }

    private static void AddKind(ProtoBuffer span, int number, Random random)
    {
        const int Internal = 1;
        const int Server = 2;
        const int Client = 3;
        (string name, int kind) = number switch
        {
            0 or 1 => ("SELECT shop", Client),
            2 => ("GET", Client),
            3 => ($"load cart {random.Next(9)}", Internal),
            _ => ("GET /cart/{id}", Server),
        };
        span.Add(5, Encoding.UTF8.GetBytes(name));
        span.AddNumber(6, kind);
    }

    private static void AddAttributes(ProtoBuffer span, int number, Random random)
    {
        switch (number)
        {
            case 0 or 1:
                span.AddText(9, "db.system.name", "postgresql");
                span.AddText(9, "db.namespace", "shop");
                span.AddText(9, "db.query.text",
                    $"SELECT id, name, price FROM product_{random.Next(20)} WHERE id = {random.Next(10_000)} AND state IN ('open', 'held') ORDER BY name");
                span.AddText(9, "server.address", "db1.shop.internal");
                span.AddInteger(9, "server.port", 5_432);
                span.AddInteger(9, "db.response.returned_rows", random.Next(50));
                break;
            case 2:
                span.AddText(9, "http.request.method", "GET");
                span.AddText(9, "url.full", $"http://pay.shop.internal:8080/api/pay/{random.Next(10_000)}?currency=eur");
                span.AddText(9, "server.address", "pay.shop.internal");
                span.AddInteger(9, "server.port", 8_080);
                span.AddInteger(9, "http.response.status_code", 200);
                span.AddText(9, "network.protocol.version", "1.1");
                break;
            case 3:
                span.AddText(9, "code.function.name", "Shop.Cart.Load");
                span.AddInteger(9, "thread.id", random.Next(40));
                break;
            default:
                span.AddText(9, "http.request.method", "GET");
                span.AddText(9, "http.route", $"/cart/{{id}}/v{random.Next(30)}");
                span.AddText(9, "url.path", $"/cart/{random.Next(10_000)}");
                span.AddText(9, "url.scheme", "http");
                span.AddText(9, "server.address", "shop.example");
                span.AddInteger(9, "server.port", 443);
                span.AddText(9, "network.protocol.version", "2");
                span.AddText(9, "client.address", $"10.0.{random.Next(9)}.{random.Next(250)}");
                span.AddText(9, "user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36");
                span.AddInteger(9, "http.response.status_code", random.Next(50) == 0 ? 500 : 200);
                break;
        }
    }
}
