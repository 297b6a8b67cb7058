namespace TimeSeries.Core.Storage.Embedded;

/// <summary>Memory for the texts of a chunk, used again for the next one: what was read before is gone then. Not thread safe.</summary>
internal sealed class TextScratch
{
    private byte[] _bytes = [];
    private int[] _ends = [];
    private int[] _codes = [];

    public byte[] Bytes(int length) => _bytes.Length >= length ? _bytes : _bytes = GC.AllocateUninitializedArray<byte>(length);

    public Span<int> Codes(int length) =>
        (_codes.Length >= length ? _codes : _codes = GC.AllocateUninitializedArray<int>(length)).AsSpan(0, length);

    public int[] Ends(int length) => _ends.Length >= length ? _ends : _ends = GC.AllocateUninitializedArray<int>(length);
}
