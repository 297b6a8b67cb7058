using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TimeSeries.Core.Schema;

namespace TimeSeries.Server.Probe;

/// <summary>
/// The samples that a prober writes for one minute: a few of each kind, made of nothing but the minute and the prober's name. So what must be there can be told
/// again at any later time. Immutable.
/// </summary>
internal sealed class ProbeSet
{
    public const long MinuteMilliseconds = 60_000;

    private const int Failed = 500;
    private const int Agents = 10;
    private const string Database = "probe";

    // A name that there never is (RFC 2606).
    private const string Host = "probe.invalid";

    /// <param name="name">The name of the prober, which tells its samples from all others.</param>
    /// <param name="minute">Minutes since the Unix epoch.</param>
    public ProbeSet(string name, long minute)
    {
        Name = name;
        Minute = minute;
        byte[] ofName = SHA256.HashData(Encoding.UTF8.GetBytes(name));

        // Threads are asked for in windows of five minutes, of which one agent has one sample then.
        Oid = ((BitConverter.ToInt32(ofName) & int.MaxValue) / Agents * Agents) + (int)(minute % Agents);

        // An address for documentation (RFC 3849).
        RemoteIp = $"2001:db8::{BitConverter.ToUInt16(ofName, 4):x}:{BitConverter.ToUInt16(ofName, 6):x}";

        // Numbers that look drawn: those of a set say nothing of those of the next.
        ulong drawn = BitOperations.RotateLeft((ulong)minute * 0x9E37_79B9_7F4A_7C15, 29) * 0xBF58_476D_1CE4_E5B9;
        int count = 2 + (int)(drawn >> 62);
        Rows =
        [
            .. Enumerable.Range(0, count).Select(i => Call(i, drawn)),
            .. Enumerable.Range(0, count).Select(i => Row(Kind.Sql, i, ("sql", Statement), ("db", Database), ("elapsed", Elapsed(i, drawn)))),
            .. Enumerable.Range(0, count).Select(i => Row(
                Kind.Httpc, i, ("url", Service), ("host", Host), ("port", 7L), ("status", 200L), ("elapsed", Elapsed(i, drawn)))),
            .. Enumerable.Range(0, count).Select(i => Row(Kind.Exception, i, ("class", Class), ("message", Mark), ("service", Service))),
            Row(Kind.Thread, 0, ("count", 40L + (long)(drawn % 10))),
            Row(Kind.Alert, 0, ("severity", "Info"), ("source", name), ("title", Mark), ("id", AlertId)),
            Row(Kind.Event, 0, ("level", "EVENT"), ("type", "ES010"), ("message", Mark)),
        ];
    }

    public string Name { get; }

    public long Minute { get; }

    /// <summary>The samples, by kind; of a kind from the oldest.</summary>
    public IReadOnlyList<ProbeRow> Rows { get; }

    /// <summary>The id of its agent.</summary>
    public int Oid { get; }

    /// <summary>The address that its transactions come from.</summary>
    public string RemoteIp { get; }

    public long From => Minute * MinuteMilliseconds;

    public long To => From + MinuteMilliseconds;

    /// <summary>The endpoint and the URL of its samples.</summary>
    public string Service => $"/{Name}";

    public string Statement => $"select 1 from {Name} where id=#";

    public string Class => $"{Name}.Exception";

    /// <summary>A key that only samples of this minute have: some APIs are asked for whole days.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Name}-{Minute}");

    /// <summary>A text that only samples of this minute have.</summary>
    public string Mark => string.Create(CultureInfo.InvariantCulture, $"{Name} {Minute}");

    public string AlertId => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(Mark)).AsSpan(0, 16)).ToString("D");

    public IReadOnlyList<ProbeRow> Of(Kind kind) => [.. Rows.Where(row => row.Kind == kind)];

    /// <summary>The batch as agents push it, with an id, so that a repeat is none.</summary>
    public byte[] ToJson()
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject("agent");
            json.WriteString("oname", Name);
            json.WriteNumber("oid", Oid);
            json.WriteEndObject();
            json.WriteString("id", Key);
            foreach (IGrouping<Kind, ProbeRow> kind in Rows.GroupBy(row => row.Kind))
            {
                json.WriteStartArray(SampleSchema.Of(kind.Key).Name);
                foreach (ProbeRow row in kind)
                {
                    row.Write(json);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static long Elapsed(int i, ulong drawn) => 10 + (long)((drawn >> (4 + (5 * i))) & 0xFF);

    private ProbeRow Call(int i, ulong drawn)
    {
        bool fails = i == 0 && drawn % 3 == 0;
        return Row(
            Kind.Transaction, i, ("service", Service), ("elapsed", Elapsed(i, drawn)), ("status", fails ? Failed : 200L), ("error", fails),
            ("txid", string.Create(CultureInfo.InvariantCulture, $"{Key}-{i}")), ("remote_ip", RemoteIp), ("api_id", Name),
            ("api_key", Key), ("oauth_id", Key));
    }

    private ProbeRow Row(Kind kind, int i, params (string Name, object Value)[] fields) =>
        new(kind, [("time", From + 1_000 + (i * 1_001L)), .. fields]);
}

/// <summary>A sample of a prober.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Fields">Its fields: integers, texts and flags. The first is its time.</param>
internal sealed record ProbeRow(Kind Kind, (string Name, object Value)[] Fields)
{
    public long Time => (long)Fields[0].Value;

    /// <summary>An integer field.</summary>
    public long Number(string name) => (long)Array.Find(Fields, field => field.Name == name).Value;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach ((string name, object value) in Fields)
        {
            switch (value)
            {
                case long number:
                    json.WriteNumber(name, number);
                    break;
                case bool flag:
                    json.WriteBoolean(name, flag);
                    break;
                default:
                    json.WriteString(name, (string)value);
                    break;
            }
        }

        json.WriteEndObject();
    }
}
