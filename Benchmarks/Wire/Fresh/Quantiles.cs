namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>
/// Numbers by their quantiles, so that one costs a multiplication and a look into a small table. Decimals are counted in thousandths. Immutable; thread safe.
/// </summary>
internal sealed class Quantiles : ValueSource
{
    /// <summary>Thousandths of a decimal.</summary>
    public const long Thousandths = 1_000;

    /// <summary>How wide latencies are spread: the deviation of their logarithms.</summary>
    public const double LogDeviation = 0.8;

    // 16 kB for all log-normal columns together: little enough for the first cache.
    private const int LogNormalPoints = 1_024;

    // Where the last straight part ends so that its mean is that of the distribution beyond 1 of 1,024: the longest are 18 times the median.
    private const double LogNormalEnd = 3.65;
    private const double IntegrationStep = 0.000_1;

    private static readonly Point[] _logNormal = MakeLogNormal();

    private readonly Point[] _points;
    private readonly double _factor;
    private readonly double _rounding;

    private Quantiles(Point[] points, double factor = 1, double rounding = 0) => (_points, _factor, _rounding) = (points, factor, rounding);

    /// <summary>Whole numbers from a minimum up to below a maximum, all equally often.</summary>
    public static Quantiles Uniform(long minimum, long maximum) => new([new(minimum, (double)maximum - minimum), new(maximum - 1, 0)]);

    /// <summary>The given numbers, all equally often; one that stands there twice comes twice as often.</summary>
    public static Quantiles Of(IEnumerable<long> ordered)
    {
        Point[] points = [.. ordered.Select(value => new Point(value, 0))];
        return new Quantiles([.. points, points[^1]]);
    }

    /// <summary>Log-normal ones around a median.</summary>
    public static Quantiles LogNormal(double median) => new(_logNormal, median * Thousandths, rounding: 0.5);

    /// <summary>The number that the given share of all, from 0 to 1, does not exceed.</summary>
    public long At(double share)
    {
        double place = share * (_points.Length - 1);
        // As the processor converts: numbers beyond the range, which other conversions look out for, don't come.
        int index = double.ConvertToIntegerNative<int>(place);
        Point point = _points[index];
        return double.ConvertToIntegerNative<long>((point.Start + point.Slope * (place - index)) * _factor + _rounding);
    }

    /// <summary>The share of all that is less than a number.</summary>
    public double ShareBelow(long number)
    {
        // By halves, down to what a double tells apart.
        double low = 0, high = 1;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = At(middle) < number ? (middle, high) : (low, middle);
        }

        return high;
    }

    private static Point[] MakeLogNormal()
    {
        double[] ends = new double[LogNormalPoints + 1];
        double sum = 0;
        int next = 1;
        for (double normal = -6; next < LogNormalPoints; normal += IntegrationStep)
        {
            sum += Math.Exp(-normal * normal / 2) / Math.Sqrt(2 * Math.PI) * IntegrationStep;
            if (sum >= (double)next / LogNormalPoints)
            {
                ends[next++] = Math.Exp(LogDeviation * normal);
            }
        }

        ends[LogNormalPoints] = Math.Exp(LogDeviation * LogNormalEnd);
        return [.. ends.Select((end, i) => new Point(end, i < LogNormalPoints ? ends[i + 1] - end : 0))];
    }

    // A straight part of the curve.
    private readonly record struct Point(double Start, double Slope);
}
