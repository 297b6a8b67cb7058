namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>A width, and the numbers that have it.</summary>
/// <param name="Low">The least number.</param>
/// <param name="High">The greatest.</param>
/// <param name="Bytes">Bytes of a MessagePack integer behind its first; else digits before the point.</param>
/// <param name="FractionDigits">Digits behind the point.</param>
internal readonly record struct NumberWidth(long Low, long High, int Bytes, int FractionDigits)
{
    /// <summary>What all such decimals are multiples of; 0 for whole numbers.</summary>
    public long Step { get; init; }

    /// <summary>The share of the source's numbers that are less than all of this width.</summary>
    public double Share { get; private init; }

    /// <summary>The share of the source's numbers that have this width.</summary>
    public double Span { get; private init; } = 1;

    /// <summary>The nearest number of this width; of decimals one that ends with another digit than 0.</summary>
    public long Fit(long number)
    {
        long fitting = Math.Clamp(number, Low, High);
        if (Step == 0)
        {
            return fitting;
        }

        if (Step == 1)
        {
            return fitting % 10 == 0 ? fitting + 1 : fitting;
        }

        fitting -= fitting % Step;
        return FractionDigits > 0 && fitting / Step % 10 == 0 ? fitting + Step : fitting;
    }

    /// <summary>With the share that numbers of this width have of a source's.</summary>
    public NumberWidth SharedBy(Quantiles source)
    {
        double below = source.ShareBelow(Low);
        return this with { Share = below, Span = (High == long.MaxValue ? 1 : source.ShareBelow(High + 1)) - below };
    }
}
