using System.IO.Hashing;
using System.Text.Unicode;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Building;
using TimeSeries.Ingest.Decoding.Wire;

namespace TimeSeries.Ingest.Decoding;

/// <summary>The agent that the envelope names: who sends, unless a sample says otherwise. Kept with its batch and used again.</summary>
internal sealed class EnvelopeAgent
{
    private const int Parts = 4;
    private const int OidPart = 3;

    private static readonly Field _oid = SampleSchema.All[0].Fields[KindSchema.Oid];
    private static readonly NumberConversion _oidRule = new(_oid);
    private static readonly int _maxTextBytes = SampleSchema.All[0].Fields[KindSchema.Oname].MaxBytes;
    private static readonly string[] _names = ["oname", "okind", "onode", "oid"];

    private readonly DecodeError?[] _problems = new DecodeError?[Parts];
    private readonly EnvelopeText[] _texts;
    private long? _givenOid;

    public EnvelopeAgent() => _texts = [Oname, Okind, Onode];

    public EnvelopeText Oname { get; } = new();

    public EnvelopeText Okind { get; } = new();

    public EnvelopeText Onode { get; } = new();

    public void Clear()
    {
        Array.Clear(_problems);
        _givenOid = null;
        foreach (EnvelopeText text in _texts)
        {
            text.Clear();
        }
    }

    /// <summary>Reads the next value, all of it, as the envelope's agent; says what is wrong with it.</summary>
    public static DecodeError? Read<TReader>(ref TReader reader, DecodedBatch into)
        where TReader : struct, IWireReader, allows ref struct
    {
        EnvelopeAgent agent = into.AgentTexts;
        agent.Clear();
        into.HasAgent = false;
        long position = reader.Position;
        WireType type = reader.Read();
        if (type == WireType.Null)
        {
            return null;
        }

        if (type != WireType.Map)
        {
            reader.SkipInside(type);
            return new DecodeError("agent has to be a map.", position, "agent");
        }

        agent.ReadParts(ref reader, into.Unknown);
        into.HasAgent = true;
        into.AgentOid = (int)(agent._givenOid ?? (int)Crc32.HashToUInt32(agent.Oname.Span));
        return agent.Problem(position);
    }

    private void ReadParts<TReader>(ref TReader reader, UnknownNames unknown)
        where TReader : struct, IWireReader, allows ref struct
    {
        int left = reader.Count;
        while (reader.NextKey(ref left))
        {
            ReadOnlySpan<byte> name = reader.ReadKey() ? reader.Text : default;
            int part = PartOf(name);
            if (part < 0)
            {
                unknown.Add("agent", name);
                reader.SkipInside(reader.Read());
            }
            else
            {
                _problems[part] = part == OidPart ? ReadOid(ref reader) : ReadText(ref reader, part);
            }
        }
    }

    private static int PartOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("oname"u8) ? 0 : name.SequenceEqual("okind"u8) ? 1 : name.SequenceEqual("onode"u8) ? 2 : name.SequenceEqual("oid"u8) ? OidPart : -1;

    private DecodeError? ReadOid<TReader>(ref TReader reader)
        where TReader : struct, IWireReader, allows ref struct
    {
        long position = reader.Position;
        _givenOid = null;
        WireType type = reader.Read();
        if (type == WireType.Null)
        {
            return null;
        }

        if (_oidRule.Convert(ref reader, type, out long oid) == RejectReason.None)
        {
            _givenOid = oid;
            return null;
        }

        reader.SkipInside(type);
        return new DecodeError("agent.oid has to be an integer of 32 bits.", position, "agent.oid");
    }

    private DecodeError? ReadText<TReader>(ref TReader reader, int part)
        where TReader : struct, IWireReader, allows ref struct
    {
        long position = reader.Position;
        _texts[part].Clear();
        WireType type = reader.Read();
        reader.SkipInside(type);
        if (type == WireType.Null)
        {
            return null;
        }

        if (type is not (WireType.Text or WireType.Binary) || reader.Text.Length > _maxTextBytes || !Utf8.IsValid(reader.Text))
        {
            string field = "agent." + _names[part];
            return new DecodeError($"{field} has to be a string of at most {_maxTextBytes} bytes of UTF-8.", position, field);
        }

        _texts[part].Set(reader.Text);
        return null;
    }

    private DecodeError? Problem(long position)
    {
        foreach (DecodeError? problem in _problems)
        {
            if (problem is not null)
            {
                return problem;
            }
        }

        return Oname.Span.IsEmpty ? new DecodeError("agent.oname is required and must not be empty.", position, "agent.oname") : null;
    }
}
