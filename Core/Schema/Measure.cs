namespace TimeSeries.Core.Schema;

/// <summary>One measure of a query or of a rollup.</summary>
/// <param name="Kind">What is computed.</param>
/// <param name="Field">Ordinal of the field that it is computed of; <see cref="NoField"/> for a plain count.</param>
/// <param name="Condition">Which samples count.</param>
/// <param name="ThresholdMicroseconds">T of <see cref="MeasureKind.Satisfied"/> and <see cref="MeasureKind.Tolerated"/>; 0 in a rollup's declaration.</param>
public readonly record struct Measure(
    MeasureKind Kind, int Field = Measure.NoField, RowCondition Condition = RowCondition.Every, long ThresholdMicroseconds = 0)
{
    public const int NoField = -1;

    /// <summary>Whether the measure is an apdex count, which depends on the threshold.</summary>
    public bool HasThreshold => Kind is MeasureKind.Satisfied or MeasureKind.Tolerated;
}

/// <summary>Which samples of a group a measure counts.</summary>
public enum RowCondition : byte
{
    Every = 0,

    /// <summary>
    /// The sample is an error: of a transaction, <c>error</c> is true or <c>error_class</c> is set; of an sql, <c>error</c> is true;
    /// of an httpc, <c>error</c> is true or <c>status</c> is 400 or more. No sample of another kind is.
    /// </summary>
    Failed = 1,

    /// <summary>200 ≤ status &lt; 300.</summary>
    StatusSuccess = 2,

    /// <summary>status ≥ 400.</summary>
    StatusFailure = 3,

    /// <summary>No status, or status &lt; 400.</summary>
    StatusNotFailure = 4,
}

/// <summary>What is computed of a group's samples. Every measure merges in any order.</summary>
public enum MeasureKind : byte
{
    /// <summary>How many samples meet the condition. With a field: how many of those have a value in it.</summary>
    Count = 0,

    /// <summary>Sum of a field, as kept (µs, counts, bytes, millionths); missing values add nothing.</summary>
    Sum = 1,

    /// <summary>Sum of the squares of a field, as kept.</summary>
    SumOfSquares = 2,

    Min = 3,

    Max = 4,

    /// <summary>The distribution of a number field, for percentiles.</summary>
    Sketch = 5,

    /// <summary>Samples that are no failure and took at most the threshold.</summary>
    Satisfied = 6,

    /// <summary>Samples that are no failure and took more than the threshold and at most four times as long.</summary>
    Tolerated = 7,

    /// <summary>The value of a field at the greatest time, then the greatest value (text: by UTF-8 bytes), among samples that have it.</summary>
    Latest = 8,

    /// <summary>The distinct values of a number field.</summary>
    Set = 9,
}
