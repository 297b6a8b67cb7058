namespace TimeSeries.Benchmarks.Page;

/// <summary>What pages cost that look at the live overview while transactions are pushed: medians of turns with and without them.</summary>
/// <param name="Load">Transactions pushed a second; null for as many as are taken.</param>
/// <param name="Circuits">Pages without a browser, beside three with one.</param>
/// <param name="UpdatesPerSecond">Changes of all pages without a browser.</param>
/// <param name="MoreMegabytes">Anonymous memory of the server at its peak with them, less the peak without, in MB.</param>
/// <param name="RateWithout">Transactions a second that were taken without pages.</param>
/// <param name="RateWith">And with them.</param>
/// <param name="Ratio">The second by the first.</param>
/// <param name="CoresWithout">Processors that the server was busy on without pages.</param>
/// <param name="CoresWith">And with them. Browsers, pages without one and what pushes use the rest of the machine.</param>
internal sealed record PagesCost(
    double? Load, int Circuits, double UpdatesPerSecond, double MoreMegabytes, double RateWithout, double RateWith, double Ratio, double CoresWithout,
    double CoresWith);
