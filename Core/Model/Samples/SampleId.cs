namespace TimeSeries.Core.Model.Samples;

/// <summary>Where a sample stands among all of its kind: no two have the same place, and it never changes.</summary>
/// <param name="Time">Its time, in ms.</param>
/// <param name="Node">Identity of the node that took it.</param>
/// <param name="Number">Its sequence number there.</param>
public readonly record struct SampleId(long Time, ulong Node, long Number);
