using TimeSeries.Core.Memory;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Memory for the texts of a chunk, used again for the next one: what was read before is gone then. Not thread safe.</summary>
/// <param name="stock">Where it comes from, and where it goes back to by <see cref="Release"/>.</param>
internal sealed class TextScratch(LargeArrayPool stock)
{
    private byte[] _bytes = [];
    private int[] _ends = [];
    private int[] _codes = [];

    public byte[] Bytes(int length)
    {
        if (_bytes.Length < length)
        {
            stock.Return(_bytes);
            _bytes = stock.RentBytes(length);
        }

        return _bytes;
    }

    public Span<int> Codes(int length) => Reserve(ref _codes, length).AsSpan(0, length);

    public int[] Ends(int length) => Reserve(ref _ends, length);

    /// <summary>Gives the memory back: all texts that were read are gone.</summary>
    public void Release()
    {
        stock.Return(_bytes);
        stock.Return(_ends);
        stock.Return(_codes);
        (_bytes, _ends, _codes) = ([], [], []);
    }

    private int[] Reserve(ref int[] array, int length)
    {
        if (array.Length < length)
        {
            stock.Return(array);
            array = stock.RentCodes(length);
        }

        return array;
    }
}
