using System.Buffers;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Codecs;

/// <summary>The texts of a dictionary that rows mean, without the others, and the rows' codes into them. Pooled.</summary>
internal readonly ref struct UsedTexts
{
    private readonly int[] _codes;
    private readonly int[] _ends;
    private readonly byte[] _bytes;

    /// <param name="texts">The whole dictionary.</param>
    /// <param name="codes">A code a row into it.</param>
    /// <param name="places">1 for each text that a row means, else 0; overwritten with the texts' new codes.</param>
    /// <param name="used">How many texts are meant.</param>
    public UsedTexts(SymbolView texts, ReadOnlySpan<int> codes, Span<int> places, int used)
    {
        _codes = ArrayPool<int>.Shared.Rent(codes.Length);
        _ends = ArrayPool<int>.Shared.Rent(used);
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, texts.Ends[texts.Count - 1]));
        int count = 0;
        int end = 0;
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] == 0)
            {
                continue;
            }

            ReadOnlySpan<byte> text = texts[i];
            text.CopyTo(_bytes.AsSpan(end));
            end += text.Length;
            _ends[count] = end;
            places[i] = count++;
        }

        for (int i = 0; i < codes.Length; i++)
        {
            _codes[i] = codes[i] < 0 ? TextColumn.Missing : places[codes[i]];
        }

        Codes = _codes.AsSpan(0, codes.Length);
        Texts = new SymbolView(_ends, _bytes, _ends, used, texts.Distinct);
    }

    public ReadOnlySpan<int> Codes { get; }

    public SymbolView Texts { get; }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_codes);
        ArrayPool<int>.Shared.Return(_ends);
        ArrayPool<byte>.Shared.Return(_bytes);
    }
}
