namespace TimeSeries.Core.Model.Samples;

/// <summary>
/// The texts behind a column's codes, as they stood at one moment: an immutable view of append-only arrays, safe to read on any thread
/// while the owner goes on appending.
/// </summary>
/// <param name="Owner">Identity of the dictionary: codes of two views with the same owner mean the same texts.</param>
/// <param name="Bytes">All texts one behind the other, UTF-8.</param>
/// <param name="Ends">End of each text in <paramref name="Bytes"/>; a text starts where the one before it ends.</param>
/// <param name="Count">How many texts there are.</param>
/// <param name="Distinct">Whether no text stands twice, so that equal texts have equal codes.</param>
public readonly record struct SymbolView(object Owner, byte[] Bytes, int[] Ends, int Count, bool Distinct)
{
    public static SymbolView Empty { get; } = new(new object(), [], [], 0, true);

    /// <summary>The text of a code in <c>[0, Count)</c>.</summary>
    public ReadOnlySpan<byte> this[int code]
    {
        get
        {
            int start = code == 0 ? 0 : Ends[code - 1];
            return Bytes.AsSpan(start, Ends[code] - start);
        }
    }
}
