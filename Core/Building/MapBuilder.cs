using System.Text.Unicode;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>
/// Collects one map of texts to texts and writes it the one way it is kept (<see cref="CanonicalMap"/>). Used again for each map. Not thread safe.
/// </summary>
internal sealed class MapBuilder
{
    private readonly TextBuffer _texts = new();
    private readonly TextBuffer _json = new();
    private readonly (int KeyStart, int KeyEnd, int ValueEnd)[] _entries = new (int, int, int)[SampleSchema.MaxMapEntries];
    private int _count;
    private int _added;
    private int _keyStart;
    private int _keyEnd;

    public bool IsEmpty => _count == 0;

    public void Clear()
    {
        _texts.Clear();
        _count = 0;
        _added = 0;
    }

    /// <summary>Adds an entry; of equal keys the last wins.</summary>
    public RejectReason Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int maxBytes)
    {
        RejectReason reason = AddKey(key, maxBytes);
        return reason == RejectReason.None ? AddValue(value, maxBytes) : reason;
    }

    /// <summary>Adds the key of an entry whose value comes next.</summary>
    public RejectReason AddKey(ReadOnlySpan<byte> key, int maxBytes)
    {
        if (++_added > SampleSchema.MaxMapEntries)
        {
            return RejectReason.TooManyEntries;
        }

        RejectReason reason = Check(key, maxBytes);
        if (reason == RejectReason.None)
        {
            _keyStart = _texts.Length;
            _texts.Add(key);
            _keyEnd = _texts.Length;
        }

        return reason;
    }

    /// <summary>Adds the value of the key that was added last.</summary>
    public RejectReason AddValue(ReadOnlySpan<byte> value, int maxBytes)
    {
        RejectReason reason = Check(value, maxBytes);
        if (reason == RejectReason.None)
        {
            _texts.Add(value);
            Insert((_keyStart, _keyEnd, _texts.Length));
        }

        return reason;
    }

    /// <summary>The map as it is kept.</summary>
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

    private static RejectReason Check(ReadOnlySpan<byte> text, int maxBytes) =>
        text.Length > maxBytes ? RejectReason.TooLong : Utf8.IsValid(text) ? RejectReason.None : RejectReason.InvalidText;

    // Keeps the entries sorted; the last of equal keys wins.
    private void Insert((int KeyStart, int KeyEnd, int ValueEnd) entry)
    {
        ReadOnlySpan<byte> key = _texts.Written[entry.KeyStart..entry.KeyEnd];
        int index = _count;
        while (index > 0)
        {
            (int start, int end, _) = _entries[index - 1];
            int order = _texts.Written[start..end].SequenceCompareTo(key);
            if (order == 0)
            {
                _entries[index - 1] = entry;
                return;
            }

            if (order < 0)
            {
                break;
            }

            index--;
        }

        Array.Copy(_entries, index, _entries, index + 1, _count++ - index);
        _entries[index] = entry;
    }
}
