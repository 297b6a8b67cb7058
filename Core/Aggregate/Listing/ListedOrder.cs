using System.Buffers.Binary;
using System.Buffers.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Listing;

/// <summary>Compares samples by a list's order: newest first, then by its tie order. No two samples are equal.</summary>
internal sealed class ListedOrder(ListOrder order) : IComparer<ListedRow>
{
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
    public bool IsBehind(ulong node, long number, SampleId place)
    {
        int byArrival = ByArrival(new SampleId(place.Time, node, number), place);
        return order == ListOrder.LastArrivalFirst ? byArrival < 0 : byArrival > 0;
    }

    /// <summary>An alert's id as <see cref="ListedRow.Id"/>; 0 for a text that is no GUID.</summary>
    public static UInt128 IdOf(ReadOnlySpan<byte> text)
    {
        // A GUID's digits in order are its bytes in network order; its dashes are at the same positions in all.
        Span<byte> bytes = stackalloc byte[16];
        return Utf8Parser.TryParse(text, out Guid id, out int used, 'D') && used == text.Length && id.TryWriteBytes(bytes, bigEndian: true, out _)
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : UInt128.Zero;
    }

    private static int ByArrival(SampleId x, SampleId y) =>
        x.Node != y.Node ? x.Node.CompareTo(y.Node) : x.Number.CompareTo(y.Number);
}

/// <summary>A sample that may get onto a list's page: what orders it and where its fields are found.</summary>
/// <param name="Place">Its place.</param>
/// <param name="Id">Its id, for <see cref="ListOrder.ById"/>: as a number that is greater where the text's bytes are.</param>
/// <param name="ChunkIndex">Whatever the caller numbers its chunks by.</param>
/// <param name="Row">Its row there.</param>
internal readonly record struct ListedRow(SampleId Place, UInt128 Id, int ChunkIndex, int Row);
