using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Log;

/// <summary>A stretch of the log that can't be read; what stands before and behind it can.</summary>
/// <param name="Segment">Full path of the segment.</param>
/// <param name="Offset">Where the stretch starts in that file.</param>
/// <param name="Start">Position of its first byte.</param>
/// <param name="End">Position behind its last byte.</param>
public sealed record LogDamage(string Segment, long Offset, LogPosition Start, LogPosition End)
{
    public override string ToString() => $"{Segment}: {End.Offset - Start.Offset} bytes from offset {Offset} can't be read.";
}
