using System.Collections.Immutable;

namespace TimeSeries.Core.Model.Queries;

/// <summary>Ranges of numbers that lie side by side: each holds from its edge to the next, the last everything above. Immutable; equal by its edges.</summary>
public sealed class NumberBins : IEquatable<NumberBins>
{
    /// <param name="edges">The least number of each bin as it is stored, ascending; the first bin takes smaller numbers too.</param>
    /// <exception cref="ArgumentException">There is no edge, or they don't ascend.</exception>
    public NumberBins(params ImmutableArray<long> edges)
    {
        if (edges.IsDefaultOrEmpty)
        {
            throw new ArgumentException("Bins have at least one edge.", nameof(edges));
        }

        for (int i = 1; i < edges.Length; i++)
        {
            if (edges[i] <= edges[i - 1])
            {
                throw new ArgumentException("The edges of bins ascend.", nameof(edges));
            }
        }

        Edges = edges;
    }

    /// <summary>The least number of each bin, ascending.</summary>
    public ImmutableArray<long> Edges { get; }

    /// <summary>The bin that a number lies in.</summary>
    public int IndexOf(long number)
    {
        ReadOnlySpan<long> edges = Edges.AsSpan();
        int low = 0;
        for (int length = edges.Length; length > 1;)
        {
            int half = length >> 1;
            low += edges[low + half] <= number ? half : 0;
            length -= half;
        }

        return low;
    }

    public bool Equals(NumberBins? other) => other is not null && Edges.AsSpan().SequenceEqual(other.Edges.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as NumberBins);

    public override int GetHashCode() => HashCode.Combine(Edges.Length, Edges[^1]);
}
