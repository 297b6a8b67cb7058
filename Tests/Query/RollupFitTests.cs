using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query;

/// <summary>Every documented endpoint can be computed from a declared rollup: an endpoint that needs one more measure would read every sample.</summary>
public sealed class RollupFitTests
{
    [TestCase("/open/api/json/exception")]
    [TestCase("/open/api/json/httpc")]
    [TestCase("/open/api/json/httpc/filter/host/h/port/0")]
    [TestCase("/open/api/json/remote")]
    [TestCase("/open/api/json/sql")]
    [TestCase("/open/api/json/transaction")]
    [TestCase("/open/api/json/thread_count")]
    [TestCase("/open/api/json/thread_count/avg/12")]
    [TestCase("/api/v1/agents")]
    [TestCase("/api/activity/keys/endpoint/k/1/1/2023/2/1/2023")]
    [TestCase("/api/activity/keys/endpoint/k/1/1/2023/2/1/2023?by=Latency&sort=-1&p=2")]
    [TestCase("/api/activity/oauthid/endpoint/c/1/1/2023/2/1/2023?res=hour")]
    [TestCase("/api/activity/oauthid/endpoint/c/1/1/2023/2/2/2023?res=month")]
    [TestCase("/api/v1.0/alert-history/stats/severity")]
    [TestCase("/api/v1.0/alert-history/stats/source")]
    [TestCase("/api/v1.0/alert-history/stats/timeline?window=1h")]
    public async Task A_rollup_has_what_the_endpoint_asks(string path)
    {
        RowReader reader = new([]);
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        using HttpResponseMessage response = await host.SendAsync(
            HttpMethod.Get, path,
            ("x-whatap-token", QueryTestHost.Token), ("x-whatap-pcode", $"{Row.Project}"), ("Authorization", "Bearer " + QueryTestHost.Token));
        Assert.That(reader.Queries, Is.Not.Empty);
        Assert.That(reader.Queries.Where(query => !SampleSchema.Of(query.Kind).Rollups.Any(rollup => Fits(query, rollup))), Is.Empty);
    }

    private static bool Fits(SampleQuery query, RollupSpec rollup) =>
        query.GroupBy.All(part => rollup.Keys.Contains(part.Field))
        && query.Measures.All(measure => rollup.Measures.Contains(measure with { ThresholdMicroseconds = 0 }))
        && query.Filters.All(filter => rollup.Keys.Contains(filter.Field))
        && (rollup.PresentField is not { } present
            || query.Filters.Any(filter => filter.Field == present
                && (filter.Operator == FilterOperator.Present || (filter.Operator == FilterOperator.AnyOf && !filter.Texts.Contains("")))));
}
