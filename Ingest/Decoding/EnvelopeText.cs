namespace TimeSeries.Ingest.Decoding;

/// <summary>A short text of the envelope; keeps its memory when emptied.</summary>
internal sealed class EnvelopeText
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public void Set(ReadOnlySpan<byte> text)
    {
        if (text.Length > _bytes.Length)
        {
            _bytes = new byte[Math.Max(64, text.Length)];
        }

        text.CopyTo(_bytes);
        _length = text.Length;
    }

    public void Clear() => _length = 0;
}
