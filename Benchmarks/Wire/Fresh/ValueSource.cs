namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>Where the values of a column come from, so that others can be drawn in their place. Immutable; thread safe.</summary>
internal abstract class ValueSource;

/// <summary>Texts that belong to those of another column: the API of a service, the key of a user.</summary>
/// <param name="leader">The column that decides.</param>
/// <param name="texts">The texts, all equally long.</param>
internal sealed class LinkedTexts(WireColumn leader, TextChoices texts) : ValueSource
{
    public WireColumn Leader { get; } = leader;

    public TextChoices Texts { get; } = texts;
}

/// <summary>Numbers that are a fixed share of those of another column.</summary>
/// <param name="leader">The column that decides.</param>
/// <param name="share">From 0 to 1.</param>
internal sealed class LinkedNumbers(WireColumn leader, double share) : ValueSource
{
    public WireColumn Leader { get; } = leader;

    public double Share { get; } = share;
}
