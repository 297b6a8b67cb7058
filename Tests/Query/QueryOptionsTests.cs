using Microsoft.Extensions.Options;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query;

/// <summary>The section <c>Query</c> of the configuration.</summary>
public sealed class QueryOptionsTests
{
    [TestCase("--Query:MaxRows=0", "Query:MaxRows")]
    [TestCase("--Query:MaxGroups=-1", "Query:MaxGroups")]
    [TestCase("--Query:Timeout=00:00:00", "Query:Timeout")]
    [TestCase("--Query:Timeout=2h", "Query:Timeout")]
    [TestCase("--Query:Timeout=30", "Query:Timeout")]
    [TestCase("--Query:Concurrency=0", "Query:Concurrency")]
    [TestCase("--Query:TimeZone=Asia/Seoul", "Query:TimeZone")]
    [TestCase("--Query:TimeZone=+14:01", "Query:TimeZone")]
    [TestCase("--Query:TimeZone=09:00", "Query:TimeZone")]
    [TestCase("--Query:Rollups=maybe", "Query:Rollups")]
    public void A_wrong_value_stops_the_start_and_is_named(string option, string key) => Assert.That(
        async () => await QueryTestHost.StartAsync(new RowReader([]), option),
        Throws.TypeOf<OptionsValidationException>().With.Message.Contains(key).And.Message.Contains(option[(option.IndexOf('=') + 1)..]));

    [TestCase("--Query:TimeZone=Z")]
    [TestCase("--Query:TimeZone=+09:00")]
    [TestCase("--Query:TimeZone=-03:30")]
    [TestCase("--Query:Timeout=1h")]
    public async Task A_right_value_is_taken(string option)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader([]), option);
        Assert.That((int)await host.StatusAsync("/sql"), Is.EqualTo(200));
    }
}
