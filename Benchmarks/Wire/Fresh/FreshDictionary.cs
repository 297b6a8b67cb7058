using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>
/// A column of texts that stand once in a dictionary, which every sending puts into another order, and samples that say which. Not thread safe.
/// </summary>
internal sealed class FreshDictionary : FreshColumn
{
    private readonly FreshColumn? _leader;
    private readonly TextDraw _draw;
    private readonly ValueLayout _layout;
    private readonly int[] _offsets;
    private readonly int _indexBytes;
    private readonly int _start;
    private readonly byte[][] _entries;
    private readonly int[] _order;
    private readonly int[] _places;

    /// <param name="column">The column as it was written.</param>
    /// <param name="places">Where in the body.</param>
    /// <param name="leader">The column that decides; null when texts are drawn.</param>
    public FreshDictionary(WireColumn column, ValuePlaces places, FreshColumn? leader)
    {
        _leader = leader;
        _draw = new TextDraw(column.Source!, []);
        _layout = places.Layout;
        _offsets = [.. places.Offsets];
        _indexBytes = DigitsOf(_draw.Texts.Count - 1);
        _start = places.DictionaryOffset;
        _order = [.. Enumerable.Range(0, _draw.Texts.Count)];
        _places = new int[_order.Length];
        _entries = [.. _order.Select(EncodeEntry)];
    }

    /// <summary>Digits that any place in a dictionary of as many texts has room for.</summary>
    public static int DigitsOf(int lastPlace) => lastPlace < 10 ? 1 : 1 + DigitsOf(lastPlace / 10);

    public override void Begin(Span<byte> body, ref ulong state)
    {
        int offset = _start;
        for (int place = 0; place < _order.Length; place++)
        {
            int other = place + (int)(SplitMix.NextShare(ref state) * (_order.Length - place));
            (_order[place], _order[other]) = (_order[other], _order[place]);
            int number = _order[place];
            _places[number] = place;
            if (place > 0 && _layout == ValueLayout.BlankIndex)
            {
                body[offset++] = (byte)',';
            }

            _entries[number].CopyTo(body[offset..]);
            offset += _entries[number].Length;
        }
    }

    protected override void Draw(int first, Span<long> drawn, ref ulong state) =>
        _draw.Draw(first, _leader is null ? [] : _leader.Drawn, drawn, ref state);

    protected override void Write(Span<byte> body, int first, ReadOnlySpan<long> drawn)
    {
        if (_layout == ValueLayout.BlankIndex)
        {
            for (int i = 0; i < drawn.Length; i++)
            {
                Span<byte> index = body.Slice(_offsets[first + i], _indexBytes);
                int place = _places[drawn[i]];
                index.Fill((byte)' ');
                Utf8Formatter.TryFormat(place, index[(_indexBytes - DigitsOf(place))..], out _);
            }

            return;
        }

        Span<int> indexes = MemoryMarshal.Cast<byte, int>(body[_offsets[0]..]).Slice(first, drawn.Length);
        for (int i = 0; i < drawn.Length; i++)
        {
            indexes[i] = _places[drawn[i]];
        }
    }

    private byte[] EncodeEntry(int number)
    {
        IWireWriter writer = _layout == ValueLayout.BlankIndex ? new JsonWriter() : new MessagePackWireWriter();
        writer.Text(_draw.Texts[number]);
        return writer.Written.ToArray();
    }
}
