using System.Numerics;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>The rows of one group, and what its measures are.</summary>
internal sealed class RowGroup(RowGroup.Key keys, IReadOnlyList<Row> rows, SampleQuery query)
{
    public Key Keys { get; } = keys;

    public BigInteger Value(int measure)
    {
        Measure asked = query.Measures[measure];
        return asked.Kind switch
        {
            MeasureKind.Count => rows.Count(row => row.Meets(asked.Condition) && (asked.Field < 0 || row[asked.Field] is not null)),
            MeasureKind.Satisfied => rows.Count(row => !row.Meets(RowCondition.Failed) && (long)row[asked.Field]! <= asked.ThresholdMicroseconds),
            MeasureKind.Tolerated => rows.Count(row => !row.Meets(RowCondition.Failed)
                && (long)row[asked.Field]! > asked.ThresholdMicroseconds && (long)row[asked.Field]! <= 4 * asked.ThresholdMicroseconds),
            MeasureKind.Sum => Numbers(asked).Aggregate(BigInteger.Zero, (sum, value) => sum + value),
            MeasureKind.SumOfSquares => Numbers(asked).Aggregate(BigInteger.Zero, (sum, value) => sum + ((BigInteger)value * value)),
            MeasureKind.Min => Numbers(asked).DefaultIfEmpty(NumberColumn.Missing).Min(),
            MeasureKind.Max => Numbers(asked).DefaultIfEmpty(NumberColumn.Missing).Max(),
            MeasureKind.Latest => (long?)Latest(measure).Value ?? NumberColumn.Missing,
            _ => throw new NotSupportedException(asked.Kind.ToString()),
        };
    }

    public List<long> Numbers(int measure) => Numbers(query.Measures[measure]);

    /// <summary>The latest value of a field and its time; null when no row has it.</summary>
    public (object? Value, long Time) Latest(int measure)
    {
        int field = query.Measures[measure].Field;
        Row? latest = rows.Where(row => row[field] is not null)
            .OrderBy(row => row.Time)
            .ThenBy(row => row[field] as long?)
            .ThenBy(row => row[field] as string, StringComparer.Ordinal)
            .LastOrDefault();
        return latest is null ? (null, NumberColumn.Missing) : (latest[field], latest.Time);
    }

    private List<long> Numbers(Measure asked) =>
        [.. rows.Where(row => row.Meets(asked.Condition)).Select(row => row[asked.Field]).OfType<long>()];

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
