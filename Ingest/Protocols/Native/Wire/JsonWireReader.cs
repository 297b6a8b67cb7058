using System.Text.Json;
using TimeSeries.Core.Memory;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native.Wire;

/// <summary>
/// Reads JSON from one span through <see cref="Utf8JsonReader"/>, which looks at the structure only: whether texts are UTF-8 is found out
/// per distinct text later, so that one bad text costs its sample and not the batch.
/// </summary>
internal ref struct JsonWireReader : IWireReader
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly TextBuffer _unescaped;
    private Utf8JsonReader _json;

    public JsonWireReader(ReadOnlySpan<byte> body, TextBuffer unescaped)
    {
        _body = body;
        _unescaped = unescaped;
        _json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = BatchDecoder.MaxDepth });
        Step();
    }

    public DecodeError? Refusal { get; private set; }

    public readonly long Position => _json.TokenStartIndex;

    public readonly bool Boolean => _json.TokenType == JsonTokenType.True;

    public long Integer { get; private set; }

    public double Float { get; private set; }

    public ReadOnlySpan<byte> Text { get; private set; }

    public readonly int Count => 0;

    public int KeyStart { get; private set; }

    public int KeyLength { get; private set; }

    public WireType Read()
    {
        if (Refusal is not null)
        {
            return WireType.Failed;
        }

        switch (_json.TokenType)
        {
            case JsonTokenType.Null:
                return WireType.Null;
            case JsonTokenType.True or JsonTokenType.False:
                return WireType.Boolean;
            case JsonTokenType.Number:
                return ReadNumber();
            case JsonTokenType.String:
                return ReadText() ? WireType.Text : WireType.MalformedText;
            case JsonTokenType.StartArray:
                return WireType.Array;
            default:
                return WireType.Map;
        }
    }

    public void SkipInside(WireType type)
    {
        if (type is not (WireType.Array or WireType.Map) || Refusal is not null)
        {
            return;
        }

        try
        {
            _json.Skip();
        }
        catch (JsonException fault)
        {
            RefuseStructure(fault);
        }
    }

    public bool NextValue(ref int left) => Step() && _json.TokenType != JsonTokenType.EndArray;

    public bool NextKey(ref int left) => Step() && _json.TokenType != JsonTokenType.EndObject;

    public bool KeyIs(int start, int length) => _json.ValueSpan.SequenceEqual(_body.Slice(start, length)) && Step();

    public bool ReadKey()
    {
        KeyStart = (int)_json.TokenStartIndex + 1;
        KeyLength = _json.ValueSpan.Length;
        bool isName = ReadText();
        Text = isName ? Text : default;
        return Step() && isName;
    }

    public void ExpectEnd()
    {
        Step();
    }

    public void Refuse(DecodeError refusal) => Refusal ??= refusal;

    private WireType ReadNumber()
    {
        if (_json.TryGetInt64(out long integer))
        {
            Integer = integer;
            return WireType.Integer;
        }

        // A number outside the range of a double reads as infinity, which no field allows.
        Float = _json.TryGetDouble(out double value) ? value : double.PositiveInfinity;
        return WireType.Float;
    }

    private bool ReadText()
    {
        if (!_json.ValueIsEscaped)
        {
            Text = _json.ValueSpan;
            return true;
        }

        bool wellFormed = JsonEscapes.TryResolve(_json.ValueSpan, _unescaped);
        Text = _unescaped.Written;
        return wellFormed;
    }

    private bool Step()
    {
        if (Refusal is not null)
        {
            return false;
        }

        try
        {
            return _json.Read();
        }
        catch (JsonException fault)
        {
            RefuseStructure(fault);
            return false;
        }
    }

    private void RefuseStructure(JsonException fault)
    {
        ReadOnlySpan<byte> rest = _body[(int)_json.BytesConsumed..].TrimStart(" \t\r\n,:"u8);
        int depth = _json.CurrentDepth + (_json.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject ? 1 : 0);
        bool isTooDeep = depth >= BatchDecoder.MaxDepth && rest is [(byte)'[' or (byte)'{', ..];
        string detail = isTooDeep ? $"The body is nested deeper than {BatchDecoder.MaxDepth} levels." : $"The body is not JSON: {fault.Message}";
        Refuse(new DecodeError(detail, _json.BytesConsumed, null));
    }
}
