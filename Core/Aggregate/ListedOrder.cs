using System.Globalization;
using TimeSeries.Core.Model;

namespace TimeSeries.Core.Aggregate;

/// <summary>Compares samples by a list's order: newest first, then by its tie order. No two different places are equal.</summary>
internal sealed class ListedOrder(ListOrder order) : IComparer<ListedRow>
{
    // A GUID's text is compared by its 32 digits: its dashes stand at the same places in all.
    private const int GuidLength = 36;

    public int Compare(ListedRow x, ListedRow y)
    {
        int byTime = y.Place.Time.CompareTo(x.Place.Time);
        return byTime != 0 ? byTime : order switch
        {
            ListOrder.LastArrivalFirst => ByArrival(y.Place, x.Place),
            ListOrder.FirstArrivalFirst => ByArrival(x.Place, y.Place),
            ListOrder.ById => x.Id != y.Id ? x.Id.CompareTo(y.Id) : ByArrival(x.Place, y.Place),
            _ => throw new InvalidOperationException($"There is no order {order}."),
        };
    }

    /// <summary>Whether a sample of the same time as <paramref name="place"/> comes behind it; not for <see cref="ListOrder.ById"/>.</summary>
    public bool IsBehind(ulong node, long number, SamplePlace place)
    {
        int byArrival = ByArrival(new SamplePlace(place.Time, node, number), place);
        return order == ListOrder.LastArrivalFirst ? byArrival < 0 : byArrival > 0;
    }

    /// <summary>An alert's id as <see cref="ListedRow.Id"/>; 0 for a text that is no GUID.</summary>
    public static UInt128 IdOf(ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[GuidLength];
        int count = 0;
        foreach (byte character in text.Length == GuidLength ? text : default)
        {
            if (character != '-')
            {
                digits[count++] = character;
            }
        }

        return UInt128.TryParse(digits[..count], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 id) ? id : UInt128.Zero;
    }

    private static int ByArrival(SamplePlace x, SamplePlace y) =>
        x.Node != y.Node ? x.Node.CompareTo(y.Node) : x.Number.CompareTo(y.Number);
}
