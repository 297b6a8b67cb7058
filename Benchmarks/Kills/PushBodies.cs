using System.Globalization;
using System.Text;
using TimeSeries.Benchmarks.Load.Exports;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Kills;

/// <summary>Makes the batches of one protocol: the same transactions in the protocol's own bytes. Not thread safe.</summary>
/// <param name="protocol">The protocol.</param>
/// <param name="seed">Decides the ids of the transactions.</param>
internal sealed class PushBodies(PushProtocol protocol, int seed)
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;
    private const int ServerSpan = 2;
    private const int IdBytes = 16;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    private readonly Random _random = new(seed * 31 + (int)protocol);
    private int _count;

    /// <summary>Makes the next batch.</summary>
    public TrackedPush Next(int round)
    {
        string service = string.Create(CultureInfo.InvariantCulture, $"/{protocol}/{round}/{_count++}");
        byte[][] ids = [.. Enumerable.Range(0, TrackedPush.Samples).Select(_ => NextId())];
        long time = TrackedPush.TimeOf(round);
        byte[] body = protocol switch
        {
            PushProtocol.JsonRows or PushProtocol.MessagePackRows => Native(SampleForm.Rows, service, time, ids),
            PushProtocol.JsonTable or PushProtocol.MessagePackTable => Native(SampleForm.Table, service, time, ids),
            PushProtocol.JsonColumns or PushProtocol.MessagePackColumns => Native(SampleForm.Columns, service, time, ids),
            PushProtocol.OtlpProtobuf => Spans(service, time, ids),
            PushProtocol.OtlpJson => JsonSpans(service, time, ids),
            PushProtocol.OtlpGrpc => ExportLoad.Frame(Spans(service, time, ids), isCompressed: false),
            _ => Lines(service, time, ids),
        };
        return TrackedPush.Of(protocol, round, service, body);
    }

    private byte[] NextId()
    {
        byte[] id = new byte[IdBytes];
        _random.NextBytes(id);
        return id;
    }

    private byte[] Native(SampleForm form, string service, long time, byte[][] ids)
    {
        WireColumn times = Column("time");
        WireColumn agents = Column("oname");
        WireColumn services = Column("service");
        WireColumn elapsed = Column("elapsed");
        WireColumn txids = Column("txid");
        for (int i = 0; i < ids.Length; i++)
        {
            times.Add(time + i);
            agents.Add(Encoding.ASCII.GetBytes(protocol.ToString()));
            services.Add(Encoding.ASCII.GetBytes(service));
            elapsed.Add((double)i);
            txids.Add(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(ids[i])));
        }

        IWireWriter writer = protocol <= PushProtocol.JsonColumns ? new JsonWriter() : new MessagePackWireWriter();
        BodyWriter.Write(writer, _schema, [times, agents, services, elapsed, txids], form, Encoding.ASCII.GetBytes(service), new PatchPlaces());
        return writer.Written.ToArray();
    }

    private static WireColumn Column(string name) => new(_schema.Fields[_schema.Ordinal(name)]);

    private static byte[] Spans(string service, long time, byte[][] ids)
    {
        ProtoBuffer scope = new();
        for (int i = 0; i < ids.Length; i++)
        {
            ulong end = (ulong)(time + i) * NanosecondsPerMillisecond;
            ProtoBuffer span = new();
            span.Add(1, ids[i]);
            span.Add(2, ids[i].AsSpan(0, 8));
            span.Add(5, "GET"u8);
            span.AddNumber(6, ServerSpan);
            span.AddFixed(7, end - (ulong)i * NanosecondsPerMillisecond);
            span.AddFixed(8, end);
            span.AddText(9, "http.route", service);
            scope.Add(2, span.Written);
        }

        ProtoBuffer resource = new();
        resource.AddText(1, "service.name", "shop");
        ProtoBuffer outer = new();
        outer.Add(1, resource.Written);
        outer.Add(2, scope.Written);
        ProtoBuffer request = new();
        request.Add(1, outer.Written);
        return request.Written.ToArray();
    }

    private static byte[] JsonSpans(string service, long time, byte[][] ids)
    {
        IEnumerable<string> spans = ids.Select((id, i) => string.Create(CultureInfo.InvariantCulture,
            $$$"""
            {"traceId":"{{{Convert.ToHexStringLower(id)}}}","spanId":"{{{Convert.ToHexStringLower(id.AsSpan(0, 8))}}}","name":"GET","kind":{{{ServerSpan}}},
            "startTimeUnixNano":"{{{time}}}000000","endTimeUnixNano":"{{{time + i}}}000000",
            "attributes":[{"key":"http.route","value":{"stringValue":"{{{service}}}"}}]}
            """));
        return Encoding.ASCII.GetBytes(
            """{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":["""
            + string.Join(',', spans) + "]}]}]}");
    }

    private byte[] Lines(string service, long time, byte[][] ids) => Encoding.ASCII.GetBytes(string.Concat(ids.Select((id, i) => string.Create(
        CultureInfo.InvariantCulture,
        $"transaction,oname={protocol} service=\"{service}\",elapsed={i},txid=\"{Convert.ToHexStringLower(id)}\" {time + i}\n"))));
}
