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
    // What answers from no sample.
    private static readonly string[] _withoutSamples = ["/api/v1/schema", "/openapi/v1.json", "/healthz", "/readyz", "/metrics"];

    [TestCaseSource(typeof(WhatapEndpoint), nameof(WhatapEndpoint.Names))]
    public void A_statistic_is_asked_of_both_stores(string name) => Assert.That(
        OracleEndpoint.All.Select(endpoint => endpoint.Path(1, 2)), Has.Some.StartsWith($"{WhatapPath.Prefix}/{name}/1/2"), $"OracleEndpoint.All lacks {name}");

    [TestCase(TykEndpoint.Prefix + "/keys/endpoint/")]
    [TestCase(TykEndpoint.Prefix + "/oauthid/endpoint/")]
    [TestCase(NcpEndpoint.Prefix + NcpEndpoint.Search)]
    [TestCase(NcpEndpoint.LongPrefix + NcpEndpoint.Search)]
    [TestCase(AlertHistoryEndpoint.Prefix)]
    [TestCase(AlertHistoryEndpoint.Prefix + "/stats/severity")]
    [TestCase(AlertHistoryEndpoint.Prefix + "/stats/source")]
    [TestCase(AlertHistoryEndpoint.Prefix + "/stats/timeline")]
    public void An_endpoint_is_asked_of_both_stores(string path) => Assert.That(
        OracleEndpoint.All.Select(endpoint => endpoint.Path(RowGenerator.Start, RowGenerator.End)), Has.Some.StartsWith(path), $"OracleEndpoint.All lacks {path}");

    // A family that is added makes this fail until its endpoints are asked of both stores too.
    [Test]
    public async Task No_other_route_answers_from_samples()
    {
        await using WebApplication query = QueryHost.Build([]);
        IEnumerable<string?> routes = ((IEndpointRouteBuilder)query).DataSources
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText);

        Assert.That(routes.Except(_withoutSamples), Is.EquivalentTo(new[]
        {
            WhatapPath.Prefix + "/{**path}", TykEndpoint.Prefix + "/{**path}", NcpEndpoint.Prefix + "/{**path}", NcpEndpoint.LongPrefix + "/{**path}",
            AlertHistoryEndpoint.Prefix + "/{**path}", OracleEndpoint.Agents.Path(0, 0), "/api/v1/aggregate", "/api/v1/samples",
        }));
    }
}
