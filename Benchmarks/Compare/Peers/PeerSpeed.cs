namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>How fast another system took rows.</summary>
/// <param name="Rows">Rows of the requests that it confirmed.</param>
/// <param name="Seconds">In what time.</param>
/// <param name="Processor">User and system time of its process meanwhile.</param>
/// <param name="Generator">User and system time of this process meanwhile.</param>
/// <param name="Waits">How often it asked for time to merge.</param>
internal readonly record struct PeerSpeed(long Rows, double Seconds, TimeSpan Processor, TimeSpan Generator, long Waits)
{
    public double RowsPerSecond => Rows / Seconds;
}
