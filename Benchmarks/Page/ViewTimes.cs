namespace TimeSeries.Benchmarks.Page;

/// <summary>
/// How long a view took, in ms: the first paint of its address, all of it from its address, and all of it from a link in the page; medians and greatest.
/// </summary>
internal sealed record ViewTimes(string View, double FirstPaint, double Opened, double GreatestOpened, double Followed, double GreatestFollowed);
