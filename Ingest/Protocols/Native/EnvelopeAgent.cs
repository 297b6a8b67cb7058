using System.Text.Unicode;
using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native.Layouts;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>The agent that the envelope names: who sends, unless a sample says otherwise. Kept with its request and used again.</summary>
internal sealed class EnvelopeAgent
{
    private const int Parts = 4;
    private const int OidPart = 3;

    private static readonly Field _oid = SampleSchema.All[0].Fields[KindSchema.Oid];
    private static readonly NumberConversion _oidRule = new(_oid);
    private static readonly int _maxTextBytes = SampleSchema.All[0].Fields[KindSchema.Oname].MaxBytes;
    private static readonly string[] _names = ["oname", "okind", "onode", "oid"];

    private readonly DecodeError?[] _problems = new DecodeError?[Parts];
    private readonly EnvelopeText _oname = new();
    private readonly EnvelopeText _okind = new();
    private readonly EnvelopeText _onode = new();
    private readonly EnvelopeText[] _texts;
    private long? _givenOid;

    public EnvelopeAgent() => _texts = [_oname, _okind, _onode];

    /// <summary>Reads the next value, all of it, as the agent of the samples that name none; says what is wrong with it.</summary>
    public DecodeError? Read<TReader>(ref TReader reader, NativeRequest into)
        where TReader : struct, IWireReader, allows ref struct
    {
        Clear();
        into.Builder.Agent.Clear();
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

        ReadParts(ref reader, into.Unknown);
        into.Builder.Agent.Set(_oname.Span, (int?)_givenOid, _okind.Span, _onode.Span);
        return Problem(position);
    }

    private void Clear()
    {
        Array.Clear(_problems);
        _givenOid = null;
        foreach (EnvelopeText text in _texts)
        {
            text.Clear();
        }
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

        if (ValueReader.Convert(ref reader, type, in _oidRule, out long oid) == RejectReason.None)
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

        return _oname.Span.IsEmpty ? new DecodeError("agent.oname is required and must not be empty.", position, "agent.oname") : null;
    }
}

/// <summary>A short text of the envelope; keeps its memory when emptied.</summary>
internal sealed class EnvelopeText
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public void Set(ReadOnlySpan<byte> text)
    {
        if (text.Length > _bytes.Length)
        {
            _bytes = new byte[Math.Max(64, text.Length)];
        }

        text.CopyTo(_bytes);
        _length = text.Length;
    }

    public void Clear() => _length = 0;
}
