using System.Text.Unicode;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Decoding.Wire;

namespace TimeSeries.Ingest.Building;

/// <summary>
/// Reads one map of texts to texts and writes it the one way it is kept (<see cref="CanonicalMap"/>). Used again for each map. Not thread safe.
/// </summary>
internal sealed class MapText
{
    private readonly TextBuffer _texts = new();
    private readonly TextBuffer _json = new();
    private readonly (int KeyStart, int KeyEnd, int ValueEnd)[] _entries = new (int, int, int)[SampleSchema.MaxMapEntries];
    private int _count;

    public bool IsEmpty => _count == 0;

    /// <summary>Reads the entries of the map whose head was read last, all of it whatever is wrong; says the first thing that is.</summary>
    public RejectReason Read<TReader>(ref TReader reader, int maxBytes)
        where TReader : struct, IWireReader, allows ref struct
    {
        _texts.Clear();
        _count = 0;
        RejectReason wrong = RejectReason.None;
        int entries = 0;
        int left = reader.Count;
        while (reader.NextKey(ref left))
        {
            RejectReason reason = ReadEntry(ref reader, maxBytes, wrong == RejectReason.None && ++entries <= SampleSchema.MaxMapEntries);
            if (wrong == RejectReason.None)
            {
                wrong = entries > SampleSchema.MaxMapEntries ? RejectReason.TooManyEntries : reason;
            }
        }

        return wrong;
    }

    /// <summary>The map that was read, as it is kept.</summary>
    public ReadOnlySpan<byte> Json()
    {
        _json.Clear();
        _json.Add((byte)'{');
        for (int i = 0; i < _count; i++)
        {
            (int keyStart, int keyEnd, int valueEnd) = _entries[i];
            if (i > 0)
            {
                _json.Add((byte)',');
            }

            CanonicalMap.Quote(_texts.Written[keyStart..keyEnd], _json);
            _json.Add((byte)':');
            CanonicalMap.Quote(_texts.Written[keyEnd..valueEnd], _json);
        }

        _json.Add((byte)'}');
        return _json.Written;
    }

    private RejectReason ReadEntry<TReader>(ref TReader reader, int maxBytes, bool keep)
        where TReader : struct, IWireReader, allows ref struct
    {
        RejectReason reason = reader.ReadKey() ? Check(reader.Text, maxBytes) : RejectReason.WrongType;
        int keyStart = _texts.Length;
        if (keep && reason == RejectReason.None)
        {
            _texts.Add(reader.Text);
        }

        int keyEnd = _texts.Length;
        WireType type = reader.Read();
        reader.SkipInside(type);
        if (reason != RejectReason.None || !keep)
        {
            return reason;
        }

        if (type is not (WireType.Text or WireType.Binary))
        {
            return type == WireType.MalformedText ? RejectReason.InvalidText : RejectReason.WrongType;
        }

        reason = Check(reader.Text, maxBytes);
        if (reason == RejectReason.None)
        {
            _texts.Add(reader.Text);
            Insert((keyStart, keyEnd, _texts.Length));
        }

        return reason;
    }

    private static RejectReason Check(ReadOnlySpan<byte> text, int maxBytes) =>
        text.Length > maxBytes ? RejectReason.TooLong : Utf8.IsValid(text) ? RejectReason.None : RejectReason.InvalidText;

    // Keeps the entries sorted; the last of equal keys wins.
    private void Insert((int KeyStart, int KeyEnd, int ValueEnd) entry)
    {
        ReadOnlySpan<byte> key = _texts.Written[entry.KeyStart..entry.KeyEnd];
        int place = _count;
        while (place > 0)
        {
            (int start, int end, _) = _entries[place - 1];
            int order = _texts.Written[start..end].SequenceCompareTo(key);
            if (order == 0)
            {
                _entries[place - 1] = entry;
                return;
            }

            if (order < 0)
            {
                break;
            }

            place--;
        }

        Array.Copy(_entries, place, _entries, place + 1, _count++ - place);
        _entries[place] = entry;
    }
}
