using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Times;
using static TimeSeries.Query.Families.Tyk.TykActivity;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>The numbers of a row of activity in the units of the response: milliseconds, means as they are, extremes cut to whole ones.</summary>
internal readonly record struct TykRow
{
    private const int MicrosecondsPerMillisecond = 1_000;

    private TykRow(QueryResult result, int row, TykResolution resolution, ZoneOffset zone)
    {
        Hits = result.Count(row, (int)At.Hits);
        Success = result.Count(row, (int)At.Success);
        Error = result.Count(row, (int)At.Error);
        long lastHit = result.Number(row, (int)At.LastHit);
        LastHit = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{zone.Show(lastHit):yyyy-MM-dd'T'HH:mm:ss.fff}{zone}");
        Latency = Mean(result.Sum(row, (int)At.Sum), Hits);
        UpstreamLatency = Mean(result.Sum(row, (int)At.UpstreamSum), Hits);
        MaxLatency = Whole(result.Number(row, (int)At.Max));
        MaxUpstreamLatency = Whole(result.Number(row, (int)At.UpstreamMax));

        // Errors are often quick, and would hide how quick a success is.
        bool hasSound = Error < Hits;
        MinLatency = Whole(result.Number(row, (int)(hasSound ? At.MinOfSound : At.Min)));
        MinUpstreamLatency = Whole(result.Number(row, (int)(hasSound ? At.UpstreamMinOfSound : At.UpstreamMin)));
        P95Latency = ExactMath.SketchMilliseconds(result.Quantile(row, (int)At.Sketch, 0.95));

        // A row's time is that of its last hit, cut: the windows of the response are those of the clock that shows both.
        DateTimeOffset shown = zone.Show(lastHit);
        Year = resolution >= TykResolution.Month ? shown.Year : 0;
        Month = resolution >= TykResolution.Month ? shown.Month : 0;
        Day = resolution >= TykResolution.Day ? shown.Day : 0;
        Hour = resolution >= TykResolution.Hour ? shown.Hour : 0;
    }

    public int Day { get; }

    public int Month { get; }

    public int Year { get; }

    public int Hour { get; }

    public long Hits { get; }

    public long Success { get; }

    public long Error { get; }

    /// <summary>RFC 3339, with milliseconds.</summary>
    public string LastHit { get; }

    public double Latency { get; }

    public double UpstreamLatency { get; }

    public long MaxUpstreamLatency { get; }

    public long MinUpstreamLatency { get; }

    public long MaxLatency { get; }

    public long MinLatency { get; }

    public double P95Latency { get; }

    public static TykRow Of(QueryResult result, int row, TykResolution resolution, ZoneOffset zone) => new(result, row, resolution, zone);

    private static double Mean(Int128 microseconds, long count) => ExactQuotient.Of(microseconds, (Int128)count * MicrosecondsPerMillisecond);

    // What no sample has counts as 0.
    private static long Whole(long microseconds) => microseconds == NumberColumn.Missing ? 0 : (long)ExactMath.Milliseconds(microseconds);
}
