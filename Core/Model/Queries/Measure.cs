namespace TimeSeries.Core.Model.Queries;

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
