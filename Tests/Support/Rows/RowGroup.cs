using System.Numerics;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>The rows of one group, and what its measures are, with integers without bounds.</summary>
/// <param name="keys">What the rows have in common.</param>
/// <param name="rows">The rows.</param>
/// <param name="query">The query.</param>
/// <param name="usesSketches">Whether quantiles are the middles of a sketch's bins instead of exact.</param>
internal sealed class RowGroup(RowGroup.Key keys, IReadOnlyList<Row> rows, SampleQuery query, bool usesSketches)
{
    private static readonly double _gamma = 1.01 / 0.99;

    public Key Keys { get; } = keys;

    /// <summary>Compares texts by their bytes in UTF-8.</summary>
    public static int CompareBytes(string? x, string? y) => Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y ?? ""));

    /// <summary>A measure's number; null when no row has the field, but for counts and sums.</summary>
    public BigInteger? Measured(int index)
    {
        Measure measure = query.Measures[index];
        List<Row> having = Having(measure);
        List<BigInteger> values = measure.Field < 0 ? [] : [.. having.Select(row => (BigInteger)(row.Number(measure.Field) ?? 0))];
        long threshold = measure.ThresholdMicroseconds;
        return measure.Kind switch
        {
            MeasureKind.Count => having.Count,
            MeasureKind.Satisfied => having.Count(row => !row.IsFailure && row.Number(measure.Field) <= threshold),
            MeasureKind.Tolerated => having.Count(row => !row.IsFailure && row.Number(measure.Field) > threshold && row.Number(measure.Field) <= 4 * threshold),
            MeasureKind.Sum => values.Aggregate(BigInteger.Zero, (sum, value) => sum + value),
            MeasureKind.SumOfSquares => values.Aggregate(BigInteger.Zero, (sum, value) => sum + (value * value)),
            MeasureKind.Min => values.Count == 0 ? null : values.Min(),
            MeasureKind.Max => values.Count == 0 ? null : values.Max(),
            MeasureKind.Latest => Latest(index).Value as long?,
            _ => throw new NotSupportedException(measure.Kind.ToString()),
        };
    }

    /// <summary>The same as a result has it: <see cref="NumberColumn.Missing"/> for null.</summary>
    public BigInteger Value(int index) => Measured(index) ?? NumberColumn.Missing;

    /// <summary>The values that a measure is of.</summary>
    public List<long> Numbers(int index) => [.. Having(query.Measures[index]).Select(row => row.Number(query.Measures[index].Field)).OfType<long>()];

    /// <summary>The latest value of a field and its time; null when no row has it.</summary>
    public (object? Value, long Time) Latest(int index)
    {
        int field = query.Measures[index].Field;
        Row? latest = Having(query.Measures[index])
            .OrderBy(row => row.Time)
            .ThenBy(row => row.Number(field))
            .ThenBy(row => row.Text(field), Comparer<string?>.Create(CompareBytes))
            .LastOrDefault();
        return latest is null ? (null, NumberColumn.Missing) : (latest[field], latest.Time);
    }

    /// <summary>A quantile of a measure's values; no number when there are none.</summary>
    public double Quantile(int index, double quantile)
    {
        List<long> values = [.. Numbers(index).Order()];
        if (values.Count == 0)
        {
            return double.NaN;
        }

        long value = values[(int)Math.Floor(quantile * (values.Count - 1))];
        if (!usesSketches)
        {
            return value;
        }

        double bin = Math.Ceiling(Math.Log(value) / Math.Log(_gamma));
        double middle = value <= 0 ? 0 : 2 * Math.Pow(_gamma, bin) / (_gamma + 1);
        return Math.Min(Math.Max(middle, values[0]), values[^1]);
    }

    /// <summary>Squared deviations from the mean as Σ(n·v − Σv)², and n: the variance is their quotient over n³.</summary>
    public (BigInteger Squares, BigInteger Count) Spread(int index)
    {
        List<BigInteger> values = [.. Numbers(index).Select(value => (BigInteger)value)];
        BigInteger sum = values.Aggregate(BigInteger.Zero, (total, value) => total + value);
        return (values.Aggregate(BigInteger.Zero, (total, value) => total + BigInteger.Pow((values.Count * value) - sum, 2)), values.Count);
    }

    private List<Row> Having(Measure measure) => [.. rows.Where(row => row.Meets(measure.Condition) && (measure.Field < 0 || row[measure.Field] is not null))];

    /// <summary>What the rows of a group have in common.</summary>
    public sealed class Key(long window, object?[] parts) : IEquatable<Key>
    {
        public long Window { get; } = window;

        public object?[] Parts { get; } = parts;

        public bool Equals(Key? other) => other is not null && Window == other.Window && Parts.SequenceEqual(other.Parts);

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode() => Parts.Aggregate(Window.GetHashCode(), HashCode.Combine);
    }
}
