using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>The generated samples that tests of the whole system share, with their expected responses and the ranges of queries.</summary>
internal static class GeneratedSamples
{
    private const int Seed = 20_240_310;
    private const int BatchCount = 64;
    private const int RowsPerBatch = 330;

    public static IReadOnlyList<PushedBatch> Batches { get; } = new BatchGenerator(Seed).Batches(BatchCount, RowsPerBatch);

    public static ExpectedResponses Expected { get; } = new(OracleIngest.Take(Batches));

    public static IReadOnlyList<NamedRange> Ranges { get; } =
    [
        new("the three hours", BatchGenerator.Start, BatchGenerator.End),
        new("one bucket", BatchGenerator.Start + BatchGenerator.Hour, BatchGenerator.Start + BatchGenerator.Hour + BatchGenerator.Bucket),
        new("an hour and a bit on both sides", BatchGenerator.Start + BatchGenerator.Hour - 1_234, BatchGenerator.Start + (2 * BatchGenerator.Hour) + 4_321),
        new("a whole day", BatchGenerator.Day, BatchGenerator.Day + (24 * BatchGenerator.Hour)),
        new("a day across midnight", BatchGenerator.Day - (11 * BatchGenerator.Hour) - 1, BatchGenerator.Day + (13 * BatchGenerator.Hour) - 1),
        new("a day of history", BatchGenerator.Day - (48 * BatchGenerator.Hour), BatchGenerator.Day - (24 * BatchGenerator.Hour)),
        new("one millisecond at a border", BatchGenerator.Start + BatchGenerator.Hour, BatchGenerator.Start + BatchGenerator.Hour + 1),
        new("nothing", BatchGenerator.Day - (30 * 24 * BatchGenerator.Hour), BatchGenerator.Day - (29 * 24 * BatchGenerator.Hour)),
    ];

    /// <summary>The alerts of a project.</summary>
    public static IEnumerable<OracleSample> Alerts(long pcode) => Expected.Samples.Where(sample => sample.Pcode == pcode && sample.Kind == "alert");

    /// <summary>A form for each batch, so that every form carries some of the samples.</summary>
    public static BodyForm Form(int batch) => (BodyForm)(batch % Enum.GetValues<BodyForm>().Length);

    /// <summary>Every endpoint over every range, and for the other project over some: what each store is queried for.</summary>
    public static IEnumerable<TestCaseData> Queries() =>
        from endpoint in OracleEndpoint.All
        from range in Ranges
        from pcode in new[] { TestProjects.First, TestProjects.Second }
        where pcode == TestProjects.First || range.Name is "the three hours" or "a whole day" or "a day of history"
        select new TestCaseData(endpoint, range, pcode);
}
