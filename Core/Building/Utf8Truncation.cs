namespace TimeSeries.Core.Building;

/// <summary>Cuts UTF-8 text between code points.</summary>
internal static class Utf8Truncation
{
    /// <summary>The greatest length of at most <paramref name="maxBytes"/> that ends between two code points.</summary>
    public static int Length(ReadOnlySpan<byte> text, int maxBytes)
    {
        if (text.Length <= maxBytes)
        {
            return text.Length;
        }

        int length = maxBytes;
        while (length > 0 && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }
}
