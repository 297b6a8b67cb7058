namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>
/// Neighbouring texts, drawn each with its weight by two looks into a table (the alias method, Walker 1977, built as by Vose 1991). Immutable; thread safe.
/// </summary>
internal sealed class TextGroup
{
    private readonly int _first;
    private readonly uint _count;
    private readonly Alias[]? _aliases;

    /// <param name="first">Number of the first text.</param>
    /// <param name="count">How many.</param>
    /// <param name="weights">Weights of all texts, not only of these; null when they are equal.</param>
    public TextGroup(int first, int count, double[]? weights)
    {
        _first = first;
        _count = (uint)count;
        _aliases = weights is null ? null : Build(first, weights.AsSpan(first, count));
    }

    /// <summary>The number of a text.</summary>
    public int Draw(ulong random)
    {
        int place = (int)(((random >> 32) * _count) >> 32);
        if (_aliases is null)
        {
            return _first + place;
        }

        // Without a branch, which no processor could predict: all bits are set when the own text is meant.
        Alias alias = _aliases[place];
        int own = (int)(((long)(uint)random - alias.Below) >> 63);
        return alias.Other ^ (((_first + place) ^ alias.Other) & own);
    }

    private static Alias[] Build(int first, ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (double weight in weights)
        {
            sum += weight;
        }

        double[] shares = new double[weights.Length];
        Stack<int> small = [];
        Stack<int> large = [];
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = weights[i] * shares.Length / sum;
            (shares[i] < 1 ? small : large).Push(i);
        }

        Alias[] aliases = new Alias[shares.Length];
        while (small.Count > 0 && large.Count > 0)
        {
            int less = small.Pop();
            int more = large.Pop();
            aliases[less] = new Alias((uint)(shares[less] * uint.MaxValue), first + more);
            shares[more] -= 1 - shares[less];
            (shares[more] < 1 ? small : large).Push(more);
        }

        foreach (int whole in small.Concat(large))
        {
            aliases[whole] = new Alias(uint.MaxValue, first + whole);
        }

        return aliases;
    }

    private readonly record struct Alias(uint Below, int Other);
}
