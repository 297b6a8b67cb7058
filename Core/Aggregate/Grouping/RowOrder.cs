using System.Numerics;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>Compares groups by a query's order, exactly, and breaks ties by the window, then the key's parts, ascending.</summary>
internal sealed class RowOrder : IComparer<int>
{
    private readonly SampleQuery _query;
    private readonly GroupTable _groups;
    private readonly Accumulator[] _states;
    private readonly double[]?[] _quantiles;

    public RowOrder(SampleQuery query, HashAggregator grouped)
    {
        _query = query;
        _groups = grouped.Groups;
        _states = grouped.States.ToArray();
        _quantiles = new double[]?[query.Order.Length];
        for (int i = 0; i < _quantiles.Length; i++)
        {
            OrderTerm term = query.Order[i];
            _quantiles[i] = term.By == OrderBy.Quantile ? Quantiles((SketchAccumulator)_states[term.Index], term.Quantile) : null;
        }
    }

    /// <summary>The groups in order, up to the query's limit.</summary>
    public int[] Sort()
    {
        int limit = Math.Min(_query.Limit, _groups.Count);
        if (limit <= 0)
        {
            return [];
        }

        return new RowSorter(_query, _groups, _states, this).First(limit);
    }

    public int Compare(int x, int y)
    {
        for (int i = 0; i < _query.Order.Length; i++)
        {
            int order = CompareTerm(i, x, y);
            if (order != 0)
            {
                return _query.Order[i].Descending ? -order : order;
            }
        }

        for (int part = 0; part < _groups.Parts.Length; part++)
        {
            int order = ComparePart(part, x, y);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private int CompareTerm(int index, int x, int y)
    {
        OrderTerm term = _query.Order[index];
        return term.By switch
        {
            OrderBy.Measure => CompareMeasure(_states[term.Index], x, y),
            OrderBy.Ratio => CompareRatios(_states[term.Index], _states[term.Divisor], x, y),
            OrderBy.Key => ComparePart(_query.WindowMilliseconds > 0 ? term.Index + 1 : term.Index, x, y),
            OrderBy.Window => _query.WindowMilliseconds > 0 ? ComparePart(0, x, y) : 0,
            OrderBy.Quantile => _quantiles[index]![x].CompareTo(_quantiles[index]![y]),
            OrderBy.Mean => CompareMeans(term, x, y),
            OrderBy.Deviation => CompareDeviations(term, x, y),
            OrderBy.Rate => CompareRates(term, x, y),
            OrderBy.Apdex => CompareApdex(term, x, y),
            _ => throw new ArgumentException("There is no such order."),
        };
    }

    private int ComparePart(int part, int x, int y) => _groups.Parts[part].Compare(_groups.ValueOf(x, part), _groups.ValueOf(y, part));

    private static int CompareMeasure(Accumulator state, int x, int y) => state switch
    {
        CountAccumulator counts => counts.Counts[x].CompareTo(counts.Counts[y]),
        SumAccumulator { IsOfSquares: true } squares => squares.SquaresOf(x).CompareTo(squares.SquaresOf(y)),
        SumAccumulator sums => sums.Sums[x].CompareTo(sums.Sums[y]),
        MinMaxAccumulator extremes => extremes.ValueOf(x).CompareTo(extremes.ValueOf(y)),
        LatestNumberAccumulator latest => latest.Numbers[x].CompareTo(latest.Numbers[y]),
        _ => throw new ArgumentException("Rows can't be sorted by this measure."),
    };

    // a/b and c/d are compared as a·d and c·b.
    private static int CompareRatios(Accumulator dividends, Accumulator divisors, int x, int y)
    {
        if (TrySmall(dividends, x, out long a) && TrySmall(divisors, x, out long b)
            && TrySmall(dividends, y, out long c) && TrySmall(divisors, y, out long d) && b >= 0 && d >= 0)
        {
            Int128 left = d == 0 || b == 0 ? (b == 0 ? 0 : a) : (Int128)a * d;
            Int128 right = d == 0 || b == 0 ? (d == 0 ? 0 : c) : (Int128)c * b;
            return left.CompareTo(right);
        }

        (BigInteger dividendX, BigInteger divisorX) = Quotient(dividends, divisors, x);
        (BigInteger dividendY, BigInteger divisorY) = Quotient(dividends, divisors, y);
        return (dividendX * divisorY).CompareTo(dividendY * divisorX);
    }

    // (2s + t) / 2n of both, with the common half left out. Each group has samples.
    private int CompareApdex(OrderTerm term, int x, int y)
    {
        Int128 left = DoubleOf(term, x) * CountOf(term.Divisor, y);
        return left.CompareTo(DoubleOf(term, y) * CountOf(term.Divisor, x));
    }

    private Int128 DoubleOf(OrderTerm term, int group) => (2 * CountOf(term.Index, group)) + CountOf(term.Tolerated, group);

    private Int128 CountOf(int measure, int group) => _states[measure] is CountAccumulator counts
        ? counts.Counts[group]
        : throw new ArgumentException("An apdex is of counts.");

    // With a divisor of 0 the quotient counts as 0; a negative divisor gives its sign away.
    private static (BigInteger Dividend, BigInteger Divisor) Quotient(Accumulator dividends, Accumulator divisors, int group)
    {
        BigInteger divisor = Exact(divisors, group);
        BigInteger dividend = Exact(dividends, group);
        return divisor.Sign switch
        {
            0 => (0, 1),
            < 0 => (-dividend, -divisor),
            _ => (dividend, divisor),
        };
    }

    private static BigInteger Exact(Accumulator state, int group) => state switch
    {
        SumAccumulator { IsOfSquares: true } squares => squares.SquaresOf(group),
        SumAccumulator sums => sums.Sums[group],
        _ => TrySmall(state, group, out long value) ? value : throw new ArgumentException("Rows can't be sorted by this measure."),
    };

    /// <summary>The value when it fits 64 bits. A missing number counts as 0, as in every quotient.</summary>
    internal static bool TrySmall(Accumulator state, int group, out long value)
    {
        switch (state)
        {
            case CountAccumulator counts:
                value = counts.Counts[group];
                return true;
            case SumAccumulator sums:
                value = unchecked((long)sums.Sums[group]);

                // A sum of squares whose 128 bits are a negative number is greater than any.
                return value == sums.Sums[group] && (value >= 0 || !sums.IsOfSquares);
            case MinMaxAccumulator extremes:
                value = extremes.ValueOf(group);
                break;
            case LatestNumberAccumulator latest:
                value = latest.Numbers[group];
                break;
            default:
                value = 0;
                return false;
        }

        value = value == NumberColumn.Missing ? 0 : value;
        return true;
    }

    // Only a group without a value has a divisor of 0.
    private int CompareMeans(OrderTerm term, int x, int y)
    {
        int present = HasValues(term, x).CompareTo(HasValues(term, y));
        return present != 0 ? present : CompareRatios(_states[term.Index], _states[term.Divisor], x, y);
    }

    // Squares of deviations, (n·Σx² − (Σx)²)/n², are compared by cross products.
    private int CompareDeviations(OrderTerm term, int x, int y)
    {
        int present = HasValues(term, x).CompareTo(HasValues(term, y));
        if (present != 0 || !HasValues(term, x))
        {
            return present;
        }

        (BigInteger variance, BigInteger count) = Variance(term, x);
        (BigInteger otherVariance, BigInteger otherCount) = Variance(term, y);
        return (variance * otherCount * otherCount).CompareTo(otherVariance * count * count);
    }

    private bool HasValues(OrderTerm term, int group) => ((CountAccumulator)_states[term.Divisor]).Counts[group] > 0;

    private (BigInteger Variance, BigInteger Count) Variance(OrderTerm term, int group)
    {
        BigInteger count = Exact(_states[term.Divisor], group);
        BigInteger sum = Exact(_states[term.Sum], group);
        return ((count * Exact(_states[term.Index], group)) - (sum * sum), count);
    }

    private int CompareRates(OrderTerm term, int x, int y)
    {
        long[] counts = ((CountAccumulator)_states[term.Index]).Counts;
        return (counts[x] * LengthOf(y)).CompareTo(counts[y] * LengthOf(x));
    }

    // In ms; 128 bits hold the length of all time.
    private Int128 LengthOf(int group)
    {
        if (_query.WindowMilliseconds == 0)
        {
            return (Int128)_query.Range.To - _query.Range.From;
        }

        long start = _groups.Parts[0].Number(_groups.ValueOf(group, 0));
        return (Int128)Math.Min(start + _query.WindowMilliseconds, _query.Range.To) - Math.Max(start, _query.Range.From);
    }

    private double[] Quantiles(SketchAccumulator sketch, double quantile)
    {
        double[] values = new double[_groups.Count];
        for (int group = 0; group < values.Length; group++)
        {
            values[group] = sketch.Quantile(group, quantile);
        }

        return values;
    }
}
