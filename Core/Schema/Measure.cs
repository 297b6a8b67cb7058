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
