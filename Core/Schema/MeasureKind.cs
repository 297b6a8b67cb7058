namespace TimeSeries.Core.Schema;

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
