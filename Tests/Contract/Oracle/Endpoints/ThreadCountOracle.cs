using System.Numerics;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The responses of <c>/open/api/json/thread_count</c>, by agent and on average, computed the slow way.</summary>
internal static class ThreadCountOracle
{
    private const long Bucket = 300_000;

    // Counts are kept in millionths.
    private const long Unit = 1_000_000;

    public static Dictionary<string, object> Objects(IEnumerable<OracleSample> samples, long pcode, long from, long to, params long[] oids)
    {
        Dictionary<string, object> response = Head(pcode, from, to);
        response["objects"] = Cells(samples, pcode, from, to, oids)
            .GroupBy(cell => (cell.Oname, cell.Oid))
            .OrderBy(agent => agent.Key.Oname, Utf8Order.Instance).ThenBy(agent => agent.Key.Oid)
            .Select(agent => (object)new Dictionary<string, object>
            {
                ["oname"] = agent.Key.Oname,
                ["oid"] = agent.Key.Oid,
                ["series"] = agent.OrderBy(cell => cell.Time)
                    .Select(cell => (object)new List<object> { cell.Time, OracleNumbers.Rounded(cell.Sum, Unit * cell.Count, 2) }).ToList(),
            }).ToList();
        return response;
    }

    /// <summary>The mean over the agents that have the bucket, of their means as fractions.</summary>
    public static Dictionary<string, object> Average(IEnumerable<OracleSample> samples, long pcode, long from, long to, params long[] oids)
    {
        Dictionary<string, object> response = Head(pcode, from, to);
        response["objectMerge"] = "avg";
        response["series"] = Cells(samples, pcode, from, to, oids)
            .GroupBy(cell => cell.Time).OrderBy(bucket => bucket.Key)
            .Select(bucket => (object)new List<object> { bucket.Key, MeanOfMeans([.. bucket]) }).ToList();
        return response;
    }

    private static Dictionary<string, object> Head(long pcode, long from, long to) => new()
    {
        ["pcode"] = pcode,
        ["type"] = "thread_count",
        ["stime"] = from,
        ["etime"] = to,
        ["interval"] = 300L,
        ["timeMerge"] = "sum",
    };

    private static List<Cell> Cells(IEnumerable<OracleSample> samples, long pcode, long from, long to, long[] oids) =>
    [
        .. samples.Within(pcode, "thread", from / Bucket * Bucket, (to / Bucket * Bucket) + Bucket)
            .Where(sample => oids.Length == 0 || oids.Contains(sample.Oid!.Value))
            .GroupBy(sample => (sample.Oname, Oid: sample.Oid!.Value, Time: sample.Time / Bucket * Bucket))
            .Select(group => new Cell(group.Key.Oname, group.Key.Oid, group.Key.Time, group.Sum("count"), group.Count())),
    ];

    private static decimal MeanOfMeans(Cell[] cells)
    {
        // Σ sumᵢ/countᵢ over the common denominator Π countᵢ.
        BigInteger denominator = cells.Aggregate(BigInteger.One, (product, cell) => product * cell.Count);
        BigInteger numerator = cells.Aggregate(BigInteger.Zero, (sum, cell) => sum + (cell.Sum * (denominator / cell.Count)));
        return OracleNumbers.Rounded(numerator, denominator * cells.Length * Unit, 2);
    }

    // One agent in one bucket.
    private sealed record Cell(string Oname, long Oid, long Time, BigInteger Sum, int Count);
}
