using TimeSeries.Core.Memory;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Memory for the texts of a chunk, used again for the next one: what was read before is gone then. Not thread safe.</summary>
/// <param name="pool">Where it comes from, and where it goes back to by <see cref="Release"/>.</param>
internal sealed class TextScratch(LargeArrayPool pool)
{
    private byte[] _bytes = [];
    private int[] _ends = [];
    private int[] _codes = [];

    public byte[] Bytes(int length)
    {
        if (_bytes.Length < length)
        {
            pool.Return(_bytes);
            _bytes = pool.Rent<byte>(length);
        }

        return _bytes;
    }

    public Span<int> Codes(int length) => Reserve(ref _codes, length).AsSpan(0, length);

    public int[] Ends(int length) => Reserve(ref _ends, length);

    /// <summary>Gives the memory back: all texts that were read are gone.</summary>
    public void Release()
    {
        pool.Return(_bytes);
        pool.Return(_ends);
        pool.Return(_codes);
        (_bytes, _ends, _codes) = ([], [], []);
    }

    private int[] Reserve(ref int[] array, int length)
    {
        if (array.Length < length)
        {
            pool.Return(array);
            array = pool.Rent<int>(length);
        }

        return array;
    }
}
