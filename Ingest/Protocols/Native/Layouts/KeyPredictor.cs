using System.Runtime.CompilerServices;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>
/// The order in which the maps of one kind name their fields. Most senders keep to one order, so that comparing the next key with the
/// one expected saves looking it up. A key out of order is looked up, and put into the order where it was met. Not thread safe.
/// </summary>
internal sealed class KeyPredictor
{
    // More than the fields of any kind; a sender with more (unknown) keys than this has the rest looked up.
    private const int Capacity = 64;

    private readonly (int Start, int Length, int Ordinal)[] _keys = new (int, int, int)[Capacity];
    private int _count;

    /// <summary>How many fields were met.</summary>
    public int Count => _count;

    /// <summary>Forgets the order: its keys point into the body.</summary>
    public void Clear() => _count = 0;

    /// <summary>Reads the next key and gives its field's ordinal, or -1. <paramref name="place"/> is where in the order the map has got to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read<TReader>(ref TReader reader, FieldNames names, ref int place)
        where TReader : struct, IWireReader, allows ref struct
    {
        if (place < _count)
        {
            (int start, int length, int ordinal) = _keys[place];
            if (reader.KeyIs(start, length))
            {
                place++;
                return ordinal;
            }
        }

        return LookUp(ref reader, names, ref place);
    }

    private int LookUp<TReader>(ref TReader reader, FieldNames names, ref int place)
        where TReader : struct, IWireReader, allows ref struct
    {
        int ordinal = reader.ReadKey() ? names.Find(reader.Text) : -1;
        int at = ordinal < 0 ? -1 : IndexOf(ordinal);
        if (at >= 0)
        {
            place = at + 1;
        }
        else if (_count < Capacity && ordinal >= 0)
        {
            Array.Copy(_keys, place, _keys, place + 1, _count++ - place);
            _keys[place++] = (reader.KeyStart, reader.KeyLength, ordinal);
        }

        return ordinal;
    }

    private int IndexOf(int ordinal)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_keys[i].Ordinal == ordinal)
            {
                return i;
            }
        }

        return -1;
    }
}
