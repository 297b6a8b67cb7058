using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NUnit.Framework;
using TimeSeries.Query;
using TimeSeries.Query.Families.AlertHistory;
using TimeSeries.Query.Families.Ncp;
using TimeSeries.Query.Families.Tyk;
using TimeSeries.Query.Families.WhaTap;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>The suites that ask both stores the same know every endpoint that Query has.</summary>
internal sealed class EndpointListTests
{
    private const string Rest = "/{**path}";

    // What responds from no sample, and what is under a family's prefix but no endpoint.
    private static readonly string[] _withoutSamples =
    [
        "/api/v1/schema", "/openapi/v1.json", "/healthz", "/readyz", "/metrics", WhatapModule.Prefix + Rest, TykModule.Prefix + Rest,
        NcpModule.Prefix + Rest, NcpModule.LongPrefix + Rest, AlertHistoryModule.Prefix + Rest, "/api/v1" + Rest,

        // Of rules, which RuleTransitionTests evaluates over both stores, and of who is told.
        "/api/v1/rules", "/api/v1/rules/{name}", "/api/v1/rules/builtin/{name}", "/api/v1/rules/test", "/api/v1/alerts", "/api/v1/silences",
        "/api/v1/silences/{id}", "/api/v1/receivers", "/api/v1/receivers/{name}", "/api/v1/receivers/{name}/test",
    ];

    [TestCaseSource(typeof(WhatapModule), nameof(WhatapModule.Names))]
    public void A_statistic_is_asked_of_both_stores(string name) => Assert.That(
        OracleEndpoint.All.Select(endpoint => endpoint.Path(1, 2)), Has.Some.StartsWith($"{WhatapModule.Prefix}/{name}/1/2"),
        $"OracleEndpoint.All lacks {name}");

    [TestCase(TykModule.Prefix + "/keys/endpoint/")]
    [TestCase(TykModule.Prefix + "/oauthid/endpoint/")]
    [TestCase(NcpModule.Prefix + NcpModule.Search)]
    [TestCase(NcpModule.LongPrefix + NcpModule.Search)]
    [TestCase("/api/v1/aggregate")]
    [TestCase("/api/v1/heatmap")]
    [TestCase(AlertHistoryModule.Prefix)]
    [TestCase(AlertHistoryModule.Prefix + "/stats/severity")]
    [TestCase(AlertHistoryModule.Prefix + "/stats/source")]
    [TestCase(AlertHistoryModule.Prefix + "/stats/timeline")]
    public void An_endpoint_is_asked_of_both_stores(string path) => Assert.That(
        OracleEndpoint.All.Select(endpoint => endpoint.Path(BatchGenerator.Start, BatchGenerator.End)), Has.Some.StartsWith(path),
        $"OracleEndpoint.All lacks {path}");

    // A family that is added makes this fail until its endpoints are tested over both stores too.
    [Test]
    public async Task No_other_route_responds_from_samples()
    {
        await using WebApplication query = QueryHost.Build([]);
        IEnumerable<string?> routes = ((IEndpointRouteBuilder)query).DataSources
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null).Select(endpoint => endpoint.RoutePattern.RawText);

        string[] days = ["{startDay}", "{startMonth}", "{startYear}", "{endDay}", "{endMonth}", "{endYear}"];
        string[] times = ["", "/{stime}", "/{stime}/{etime}"];
        Assert.That(routes.Except(_withoutSamples), Is.EquivalentTo(
        [
            .. WhatapModule.Names.Where(name => name != "thread_count").SelectMany(name => times.Select(form => $"{WhatapModule.Prefix}/{name}{form}")),
            .. times.Select(form => $"{WhatapModule.Prefix}/httpc{form}/filter/{{**call}}"),
            WhatapModule.Prefix + "/thread_count/{**parts}",
            $"{TykModule.Prefix}/keys/endpoint/{{keyHash}}/{string.Join('/', days)}",
            $"{TykModule.Prefix}/oauthid/endpoint/{{clientId}}/{string.Join('/', days)}",
            NcpModule.Prefix + NcpModule.Search, NcpModule.LongPrefix + NcpModule.Search,
            AlertHistoryModule.Prefix + "/", AlertHistoryModule.Prefix + "/{id:guid}", AlertHistoryModule.Prefix + "/stats/severity",
            AlertHistoryModule.Prefix + "/stats/source", AlertHistoryModule.Prefix + "/stats/timeline",
            OracleEndpoint.Agents.Path(0, 0), "/api/v1/aggregate", "/api/v1/heatmap", "/api/v1/samples", "/api/v1/stream",
        ]));
    }
}
