using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Puts numbers of any width one behind the other, from the lowest bit of the first byte.</summary>
internal ref struct BitSink(Span<byte> into)
{
    private readonly Span<byte> _into = into;
    private ulong _word;
    private int _bits;
    private int _at;

    /// <summary>Puts a number of 1 to 64 bits, which has none above them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(ulong value, int width)
    {
        _word |= value << _bits;
        _bits += width;
        if (_bits >= 64)
        {
            MemoryMarshal.Write(_into[_at..], _word);
            _at += sizeof(ulong);
            _bits -= 64;
            _word = _bits == 0 ? 0 : value >> (width - _bits);
        }
    }

    /// <summary>Writes what is left, in as few bytes as will do.</summary>
    public void End()
    {
        for (; _bits > 0; _bits -= 8)
        {
            _into[_at++] = (byte)_word;
            _word >>= 8;
        }
    }
}
