using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ui.Findings;

/// <summary>Services that are slower or fail more often than at the same hour of the days before.</summary>
internal static class ServiceBands
{
    /// <summary>When a sentence about latency appears.</summary>
    public const string LatencyRule =
        "The 95th percentile of the last 10 minutes is more than 1.3 times the greatest of any 10 minutes of the same hour of the last 7 days, and at least "
        + "10 ms above it. Ten minutes with fewer than 20 transactions don't count; at least 3 days must have some that do.";

    /// <summary>When a sentence about errors appears.</summary>
    public const string ErrorRule =
        "The share of failed transactions of the last 10 minutes is at least 5 points above the greatest of any 10 minutes of the same hour of the last "
        + "7 days, with at least 5 failures. Ten minutes with fewer than 20 transactions don't count; at least 3 days must have some that do.";

    private const long RecentMilliseconds = 600_000;
    private const long HourMilliseconds = 3_600_000;
    private const long DayMilliseconds = 86_400_000;
    private const int Days = 7;
    private const int LeastDays = 3;
    private const int LeastTransactions = 20;
    private const int LeastFailures = 5;
    private const double LatencyFactor = 1.3;
    private const double LeastMicroseconds = 10_000;
    private const double ErrorPoints = 0.05;
    private const int MostServices = 1_000;

    /// <summary>The query of the last ten minutes.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="end">The moment that is looked at, in ms.</param>
    /// <param name="filters">What is looked at.</param>
    public static SampleQuery Recent(long pcode, long end, ImmutableArray<Filter> filters)
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        return new SampleQuery
        {
            Pcode = pcode,
            Kind = Kind.Transaction,
            Range = new TimeRange(end - RecentMilliseconds, end),
            GroupBy = [new GroupField(schema.Ordinal("service"))],
            Measures =
            [
                new(MeasureKind.Count), new(MeasureKind.Count, Condition: RowCondition.Failed), new(MeasureKind.Sketch, schema.Ordinal("elapsed")),
            ],
            Filters = filters,
            Order = [new OrderTerm(OrderBy.Measure) { Descending = true }],
            Limit = MostServices,
        };
    }

    /// <summary>The queries of the same hour of each day before, by ten minutes.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="end">The moment that is looked at, in ms.</param>
    /// <param name="filters">What is looked at.</param>
    public static SampleQuery[] Before(long pcode, long end, ImmutableArray<Filter> filters) =>
    [
        .. Enumerable.Range(1, Days).Select(day => end - (day * DayMilliseconds))
            .Select(then => Recent(pcode, end, filters) with
            {
                Range = new TimeRange(then - HourMilliseconds, then), WindowMilliseconds = RecentMilliseconds, Limit = int.MaxValue,
            }),
    ];

    /// <summary>What was usual on the days before, of each service.</summary>
    /// <param name="days">The results of <see cref="Before"/>.</param>
    public static IReadOnlyDictionary<string, Band> Usual(IReadOnlyList<QueryResult> days)
    {
        Dictionary<string, Band> bands = new(StringComparer.Ordinal);
        for (int day = 0; day < days.Count; day++)
        {
            foreach ((string service, Traffic traffic) in Read(days[day]))
            {
                bands[service] = bands.GetValueOrDefault(service, Band.Empty).With(day + 1, traffic);
            }
        }

        return bands;
    }

    /// <summary>Compares the last minutes with what was usual.</summary>
    /// <param name="recent">The result of <see cref="Recent"/>.</param>
    /// <param name="usual">Of <see cref="Usual"/>.</param>
    public static IEnumerable<Finding> Compare(QueryResult recent, IReadOnlyDictionary<string, Band> usual)
    {
        foreach ((string service, Traffic now) in Read(recent))
        {
            if (usual.TryGetValue(service, out Band? band) && band.Days >= LeastDays)
            {
                (double slowest, double worst) = (band.Percentile, band.ErrorShare);
                if (now.ErrorShare >= worst + ErrorPoints && now.Failures >= LeastFailures)
                {
                    yield return Of(service, ErrorRule, string.Create(
                        CultureInfo.InvariantCulture, $"{now.ErrorShare:P1} of the transactions of {service} fail; at this hour it is {worst:P1} at most."));
                }

                if (now.Percentile > slowest * LatencyFactor && now.Percentile >= slowest + LeastMicroseconds)
                {
                    yield return Of(service, LatencyRule, string.Create(
                        CultureInfo.InvariantCulture,
                        $"{service} is slow: its 95th percentile is {now.Percentile / 1_000:N0} ms; at this hour it is {slowest / 1_000:N0} ms at most."));
                }
            }
        }
    }

    private static Finding Of(string service, string rule, string text) => new(text, "transactions", [("of", service)], rule);

    // Few transactions say nothing.
    private static IEnumerable<(string Service, Traffic Traffic)> Read(QueryResult result)
    {
        for (int row = 0; row < result.RowCount; row++)
        {
            long count = result.Count(row, 0);
            double percentile = result.Quantile(row, 2, 0.95);
            if (count >= LeastTransactions && !double.IsNaN(percentile))
            {
                long failures = result.Count(row, 1);
                yield return (Encoding.UTF8.GetString(result.KeyText(row, 0)), new Traffic(failures, (double)failures / count, percentile));
            }
        }
    }

    /// <summary>What a service did: failures, their share, and the 95th percentile in µs.</summary>
    internal sealed record Traffic(long Failures, double ErrorShare, double Percentile);

    /// <summary>What was usual: the greatest of each measure, and on how many days there was any.</summary>
    internal sealed record Band(int Days, int LastDay, double ErrorShare, double Percentile)
    {
        public static Band Empty { get; } = new(0, 0, 0, 0);

        public Band With(int day, Traffic traffic) => new(
            day == LastDay ? Days : Days + 1, day, Math.Max(ErrorShare, traffic.ErrorShare), Math.Max(Percentile, traffic.Percentile));
    }
}
