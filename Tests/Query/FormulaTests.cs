using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Query.Families.AlertHistory;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query;

/// <summary>No CSV has a text that a spreadsheet would run as a formula.</summary>
public sealed class FormulaTests
{
    private const long Time = QueryTestHost.Now - 1_000;

    private static readonly string[] _texts = ["=1+1", "+a", "-2", "@sum", "\t=1", "\r=1", "=a,b", "=\"x\"", "a=1", " =1", "'x"];
    private static readonly string[] _shown = ["'=1+1", "'+a", "'-2", "'@sum", "'\t=1", "\"'\r=1\"", "\"'=a,b\"", "\"'=\"\"x\"\"\"", "a=1", " =1", "'x"];

    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync(
    [
        .. _texts.Select((text, i) => new Row(Kind.Transaction, Time).With("service", text).With("elapsed", i + 1).With("status", 200)
            .With("api_id", "api").With("api_key", "key")),
        .. _texts.Select((text, i) => AlertRow.Of(i, source: text)),
    ]);

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("/api/v1/aggregate?kind=transaction&by=service&format=csv")]
    [TestCase("/api/v1/samples?kind=transaction&format=csv")]
    [TestCase("/api/activity/keys/endpoint/key/29/1/2023/29/1/2023?type=csv")]
    [TestCase("/api/v1.0/alert-history?format=csv")]
    [TestCase("/api/v1.0/alert-history/stats/source?format=csv")]
    public async Task A_text_that_begins_like_one_gets_an_apostrophe(string path)
    {
        using HttpResponseMessage response = await _host.SendAsync(HttpMethod.Get, path, ("Authorization", "Bearer " + QueryTestHost.Token));
        string csv = await response.Content.ReadAsStringAsync();
        foreach (string shown in _shown)
        {
            Assert.That(csv, Does.Contain($",{shown},").Or.Contain($"\n{shown},"));
        }
    }

    [Test]
    public async Task A_number_below_0_stays_a_number()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new Row(Kind.Exception, Time).With("class", "c").With("oid", -5).With("snap_seq", -7));
        using HttpResponseMessage response = await host.OwnAsync("/api/v1/aggregate?kind=exception&by=oid&measures=min(snap_seq)&format=csv");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("oid,min(snap_seq)\r\n-5,-7\r\n"));
    }
}
