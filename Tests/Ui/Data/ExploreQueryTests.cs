using System.Net;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Ui.Data;

namespace TimeSeries.Tests.Ui.Data;

/// <summary>What there is to choose from is what the API takes.</summary>
public sealed class ExploreQueryTests
{
    private static readonly string[] _functions = ["avg", "min", "max", "sum", "stddev", "p50", "p90", "p95", "p99", "p999"];
    private static readonly string[] _operators = [":", "!:", "~:", ">:", ">=:", "<:", "<=:"];

    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    private static string[] Kinds => [.. SampleSchema.All.Select(kind => kind.Name)];

    [TestCaseSource(nameof(Kinds))]
    public async Task Measures_to_choose_from_are_those_that_the_API_has(string kind) => await CompareAsync(
        [.. Query(kind).MeasureOptions.SelectMany(option => option.Names)],
        ["count", "rate", "error_rate", "apdex",
            .. from field in SampleSchema.Find(kind)!.Fields from function in _functions select $"{function}({field.Name})"],
        measure => $"kind={kind}&measures={measure}");

    [TestCaseSource(nameof(Kinds))]
    public async Task Groups_to_choose_from_are_those_that_the_API_has(string kind) => await CompareAsync(
        [.. Query(kind).GroupOptions.SelectMany(option => option.Names)],
        [.. SampleSchema.Find(kind)!.Fields.Select(field => field.Name)],
        field => $"kind={kind}&by={field}");

    [TestCaseSource(nameof(Kinds))]
    public async Task Comparisons_to_choose_from_are_those_that_the_API_has(string kind) => await CompareAsync(
        [.. from field in SampleSchema.Find(kind)!.Fields from name in FieldRules.Operators(field) select field.Name + name],
        [.. from field in SampleSchema.Find(kind)!.Fields from name in _operators select field.Name + name],
        condition => $"kind={kind}&where={Uri.EscapeDataString(condition)}{(condition.StartsWith("error", StringComparison.Ordinal) ? "true" : "1")}");

    [TestCase("kind=sql&measures=count,avg(elapsed)&by=db,sql&window=5m", "time,db,sql,count,avg(elapsed)")]
    [TestCase("window=none", "count")]
    [TestCase("range=1d", "time,count")]
    public void Columns_are_those_of_the_response(string query, string columns) =>
        Assert.That(string.Join(',', Of(query).Columns), Is.EqualTo(columns));

    [TestCase("", "api/v1/aggregate?kind=transaction&from=-1h&to=now&window=15s&measures=count")]
    [TestCase("range=7d&window=none", "api/v1/aggregate?kind=transaction&from=-7d&to=now&measures=count")]
    [TestCase("from=1000&to=2000&window=1s&limit=5&order=-count,time",
        "api/v1/aggregate?kind=transaction&from=1000&to=2000&window=1s&measures=count&order=-count,time&limit=5")]
    [TestCase("agent=a%26b&where=db:x&where=sql~:%27&kind=sql&window=1m",
        "api/v1/aggregate?kind=sql&from=-1h&to=now&window=1m&measures=count&where=oname:a%26b&where=db:x&where=sql~:%27")]
    public void The_URL_says_what_the_address_says(string query, string url) => Assert.That(Of(query).Url(isFixed: false), Is.EqualTo(url));

    [TestCase("http://h/a?b=c", "curl -H \"Authorization: Bearer $TOKEN\" 'http://h/a?b=c'")]
    [TestCase("http://h/it's", """curl -H "Authorization: Bearer $TOKEN" 'http://h/it'\''s'""")]
    public void A_command_is_quoted_for_a_shell(string url, string command) => Assert.That(ShellCommand.Curl(url), Is.EqualTo(command));

    private static ExploreQuery Query(string kind) => Of($"kind={kind}");

    private static ExploreQuery Of(string query)
    {
        PageView view = PageView.Parse("explore?" + query);
        return new ExploreQuery(view, view.Resolve(QueryTestHost.Now, PageZone.Utc));
    }

    private async Task CompareAsync(string[] offered, string[] all, Func<string, string> query)
    {
        Assert.That(offered, Is.Unique.And.SubsetOf(all));
        List<string> taken = [];
        foreach (string one in all)
        {
            using HttpResponseMessage response = await _host.OwnAsync("/api/v1/aggregate?" + query(one));
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.BadRequest));
            if (response.IsSuccessStatusCode)
            {
                taken.Add(one);
            }
        }

        Assert.That(offered, Is.EquivalentTo(taken));
    }
}
