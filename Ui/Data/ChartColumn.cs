namespace TimeSeries.Ui.Data;

/// <summary>A column of an aggregate that a chart shows.</summary>
/// <param name="Name">Its name in the response.</param>
/// <param name="Title">Its name in the legend.</param>
public sealed record ChartColumn(string Name, string Title);

/// <summary>A region of a heat map: times, and elapsed in ms; no greatest one where the region reaches the last row.</summary>
public readonly record struct ChartRegion(long From, long To, double Least, double? Greatest);
