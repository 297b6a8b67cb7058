using System.Text.Unicode;
using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Otlp.Wire;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>Makes exceptions of the events of spans. Not thread safe.</summary>
internal sealed class ExceptionMapping(AttributeKeys keys)
{
    // What one huge span blew up is not worth keeping.
    private const int MaxKept = 1_024;

    private readonly AttributeTable _attributes = new(keys);
    private readonly List<ExceptionEvent> _events = [];

    /// <summary>The exceptions of the span that was read last.</summary>
    public IReadOnlyList<ExceptionEvent> Events => _events;

    /// <summary>The texts of the last of them; empty texts when there is none.</summary>
    public ExceptionTexts Last => _events.Count == 0 ? default : _events[^1].Texts;

    /// <summary>
    /// Reads the events of a span that are exceptions. False when one is malformed: <paramref name="outer"/>, which stands at the span, says why.
    /// </summary>
    public bool Read(ReadOnlySpan<byte> body, ref ProtoReader outer, bool hasEvents)
    {
        _events.Clear();
        if (_events.Capacity > MaxKept)
        {
            _events.Capacity = MaxKept;
        }

        ProtoReader span = new(body, outer.Value);
        while (hasEvents && span.Next())
        {
            if (span.Key != ProtoReader.KeyOf(11, ProtoReader.Bytes))
            {
                continue;
            }

            ProtoReader reader = new(body, span.Value);
            ulong time = 0;
            Segment name = default;
            _attributes.Clear();
            while (reader.Next())
            {
                switch (reader.Key)
                {
                    case (1 << 3) | ProtoReader.Fixed64:
                        time = reader.Number;
                        break;
                    case (2 << 3) | ProtoReader.Bytes:
                        name = reader.Value;
                        break;
                    case (3 << 3) | ProtoReader.Bytes:
                        _attributes.Read(body, ref reader);
                        break;
                }
            }

            if (!outer.Adopt(reader))
            {
                return false;
            }

            if (name.Of(body).SequenceEqual("exception"u8) && TextsOf(_attributes, body) is { } texts)
            {
                _events.Add(new ExceptionEvent(texts, time));
            }
        }

        return true;
    }

    /// <summary>Why a span can't have its exceptions, or null.</summary>
    public SignalRejection? Check(ReadOnlySpan<byte> body, ulong spanEnd, in TimeBounds bounds)
    {
        foreach (ExceptionEvent found in _events)
        {
            if (bounds.Check(Kind.Exception, found.TimeOr(spanEnd)) is { } reason)
            {
                return reason;
            }

            if (!AreValid(found.Texts, body))
            {
                return SignalRejection.Utf8;
            }
        }

        return null;
    }

    /// <summary>The texts of an exception; null when attributes have neither its type nor its message.</summary>
    public static ExceptionTexts? TextsOf(AttributeTable attributes, ReadOnlySpan<byte> body)
    {
        Segment type = Find(attributes, AttributeField.ExceptionType);
        Segment message = Find(attributes, AttributeField.ExceptionMessage);
        Segment stack = Find(attributes, AttributeField.ExceptionStack);
        return type.IsEmpty && message.IsEmpty ? null : new ExceptionTexts(WithNamespace(type, stack, body), message, stack);
    }

    /// <summary>Adds the row of an exception whose texts are valid. Returns its index.</summary>
    public static int AddRow(KindBuilder exceptions, in ExceptionTexts texts, long milliseconds, ReadOnlySpan<byte> body, ReadOnlySpan<byte> txid)
    {
        SampleRow row = new(exceptions);
        row.Set(KindSchema.Time, milliseconds);
        row.Set(Fields.Exception.Class, ClassOf(texts, body));
        row.Set(Fields.Exception.Message, texts.Message.Of(body));
        row.Set(Fields.Exception.Stack, texts.Stack.Of(body));
        row.Set(Fields.Exception.Txid, txid);
        return row.End();
    }

    /// <summary>The class of an exception.</summary>
    public static ReadOnlySpan<byte> ClassOf(in ExceptionTexts texts, ReadOnlySpan<byte> body) => texts.Type.IsEmpty ? "(unknown)"u8 : texts.Type.Of(body);

    /// <summary>Whether all texts are UTF-8.</summary>
    public static bool AreValid(in ExceptionTexts texts, ReadOnlySpan<byte> body) =>
        Utf8.IsValid(texts.Type.Of(body)) && Utf8.IsValid(texts.Message.Of(body)) && Utf8.IsValid(texts.Stack.Of(body));

    // Log records of .NET have a class without its namespace, events the whole name; a stack begins with the whole name in both.
    private static Segment WithNamespace(Segment type, Segment stack, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> name = type.Of(body);
        ReadOnlySpan<byte> whole = stack.Of(body);
        int end = whole.IndexOfAny(" :\r\n"u8);
        whole = end < 0 ? whole : whole[..end];
        bool isWhole = !name.IsEmpty && !name.Contains((byte)'.') && whole.Length > name.Length && whole.EndsWith(name)
            && whole[^(name.Length + 1)] is (byte)'.' or (byte)'+';
        return isWhole ? new Segment(stack.Start, whole.Length) : type;
    }

    private static Segment Find(AttributeTable attributes, AttributeField field) =>
        attributes.TryFind(field, out AttributeValue value) && value.Type == AttributeType.Text ? value.Text : default;
}

/// <summary>An exception that a span reports.</summary>
/// <param name="Texts">Its texts.</param>
/// <param name="Time">When it was, in nanoseconds; 0 when that isn't said.</param>
internal readonly record struct ExceptionEvent(ExceptionTexts Texts, ulong Time)
{
    /// <summary>Its time, or that of its span's end.</summary>
    public ulong TimeOr(ulong spanEnd) => Time == 0 ? spanEnd : Time;
}
