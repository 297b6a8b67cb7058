namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>Steps that the computations of several endpoints share.</summary>
internal static class OracleRows
{
    private const int MaxRecords = 10_000;

    /// <summary>The samples of one kind of a project with from ≤ time &lt; to.</summary>
    public static IEnumerable<OracleSample> Within(this IEnumerable<OracleSample> samples, long pcode, string kind, long from, long to) =>
        samples.Where(sample => sample.Pcode == pcode && sample.Kind == kind && sample.Time >= from && sample.Time < to);

    /// <summary>The text of a field at the greatest time, then the greatest by bytes, among the samples that have one.</summary>
    public static string LatestText(this IEnumerable<OracleSample> samples, Func<OracleSample, string> field) =>
        samples.Where(sample => field(sample).Length > 0)
            .OrderBy(sample => sample.Time).ThenBy(field, Utf8Order.Instance)
            .Select(field).LastOrDefault("");

    public static long LatestNumber(this IEnumerable<OracleSample> samples, string field, long missing) =>
        samples.Where(sample => sample.Number(field) is not null)
            .OrderBy(sample => sample.Time).ThenBy(sample => sample.Number(field))
            .Select(sample => sample.Number(field)!.Value).LastOrDefault(missing);

    /// <summary>The body of a list: at most so many records, and how many there are.</summary>
    public static Dictionary<string, object> AsList(IEnumerable<Dictionary<string, object>> records)
    {
        List<object> all = [.. records];
        return new() { ["records"] = all.Take(MaxRecords).ToList(), ["total"] = (long)all.Count };
    }

    public static long Milliseconds(System.Numerics.BigInteger microseconds) => (long)(microseconds / 1_000);
}
