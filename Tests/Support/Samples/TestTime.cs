namespace TimeSeries.Tests.Support.Samples;

/// <summary>The moment at which the clocks of tests start: the samples of the fixtures lie before it and within every limit.</summary>
internal static class TestTime
{
    public static readonly DateTimeOffset Start = new(2023, 1, 29, 12, 0, 0, TimeSpan.Zero);
}
