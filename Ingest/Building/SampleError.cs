using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Building;

/// <summary>Why one sample was rejected, as the answer lists it.</summary>
/// <param name="Kind">The sample's kind.</param>
/// <param name="Index">Its place among the samples of its kind in the body, from 0.</param>
/// <param name="Field">The field at fault; null when it is the row as a whole.</param>
/// <param name="Reason">What would have been right.</param>
internal sealed record SampleError(Kind Kind, int Index, string? Field, string Reason);
