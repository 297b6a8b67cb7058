namespace TimeSeries.Benchmarks.Page;

/// <summary>What a run of <c>page</c> is asked to do; checked by the command.</summary>
/// <param name="Server">The built Server.</param>
/// <param name="Browser">The program of a Chromium.</param>
/// <param name="Transactions">Transactions of the day; other kinds are in proportion.</param>
/// <param name="Rounds">How often each view is opened.</param>
/// <param name="Circuits">Pages that are open without a browser, beside three with one.</param>
/// <param name="LoadSeconds">How long each push of transactions takes, with and without pages.</param>
/// <param name="Rate">Transactions a second of a load that leaves room; the other takes all.</param>
/// <param name="Minutes">How long one browser shows the live overview.</param>
internal sealed record PageOptions(string Server, string Browser, long Transactions, int Rounds, int Circuits, int LoadSeconds, double Rate, int Minutes);
