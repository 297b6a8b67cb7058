namespace TimeSeries.Core.Storage.Embedded;

/// <summary>Memory for the texts of a chunk, used again for the next one: what was read before is gone then. Not thread safe.</summary>
internal sealed class TextScratch
{
    private byte[] _bytes = [];
    private int[] _ends = [];

    public byte[] Bytes(int length) => _bytes.Length >= length ? _bytes : _bytes = GC.AllocateUninitializedArray<byte>(length);

    public int[] Ends(int length) => _ends.Length >= length ? _ends : _ends = GC.AllocateUninitializedArray<int>(length);
}
