namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>What there is of units with alerts in a window of time.</summary>
/// <param name="Start">The window's start in ms.</param>
/// <param name="Rows">Rows of their rollups, those of open units included. It grows with every unit, before or with its first alert.</param>
/// <param name="IsOpen">Whether one of the units is open, so that alerts may come without another row.</param>
internal readonly record struct AlertUnits(long Start, long Rows, bool IsOpen);
