namespace TimeSeries.Benchmarks.Load;

/// <summary>Chooses among n things, the k-th with a probability in proportion to 1/k: the skew of endpoints in real services. Immutable.</summary>
internal sealed class ZipfChoice
{
    private readonly double[] _cumulative;

    public ZipfChoice(int count)
    {
        _cumulative = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += 1.0 / (i + 1);
            _cumulative[i] = sum;
        }
    }

    /// <summary>A number in <c>[0, count)</c>; 0 is the most frequent.</summary>
    public int Next(Random random)
    {
        int found = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found, _cumulative.Length - 1);
    }

    /// <summary>The share of all that a number comes with.</summary>
    public double ShareOf(int number) => (_cumulative[number] - (number == 0 ? 0 : _cumulative[number - 1])) / _cumulative[^1];
}
