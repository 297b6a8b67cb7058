namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The response of <c>/api/v1/agents</c>, computed the slow way.</summary>
internal static class AgentsOracle
{
    public static Dictionary<string, object> Response(IEnumerable<OracleSample> samples, long pcode) => new()
    {
        ["agents"] = samples.Where(sample => sample.Pcode == pcode && sample.Oname.Length > 0)
            .GroupBy(sample => (sample.Oname, Oid: sample.Oid!.Value))
            .OrderBy(agent => agent.Key.Oname, Utf8Order.Instance).ThenBy(agent => agent.Key.Oid)
            .Select(agent => (object)new Dictionary<string, object>
            {
                ["oid"] = agent.Key.Oid,
                ["oname"] = agent.Key.Oname,
                ["okind"] = agent.LatestText(sample => sample.Okind),
                ["onode"] = agent.LatestText(sample => sample.Onode),
                ["first_seen"] = agent.Min(sample => sample.Time),
                ["last_seen"] = agent.Max(sample => sample.Time),
            }).ToList(),
    };
}
