namespace TimeSeries.Benchmarks.Page;

/// <summary>What pages cost that look at the live overview.</summary>
/// <param name="Circuits">Pages without a browser, beside three with one.</param>
/// <param name="UpdatesPerSecond">Changes of all pages without a browser.</param>
/// <param name="MoreMegabytes">Anonymous memory of the server with them, less without, in MB.</param>
/// <param name="RateWithout">Transactions a second that were taken without pages.</param>
/// <param name="RateWith">And with them.</param>
/// <param name="Ratio">The second by the first.</param>
internal sealed record PagesCost(int Circuits, double UpdatesPerSecond, double MoreMegabytes, double RateWithout, double RateWith, double Ratio);
