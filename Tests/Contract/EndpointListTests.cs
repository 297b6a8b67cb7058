using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NUnit.Framework;
using TimeSeries.Query;
using TimeSeries.Query.WhaTap;
using TimeSeries.Tests.Contract.Oracle;

namespace TimeSeries.Tests.Contract;

/// <summary>The suites that ask both stores the same know every endpoint that Query has.</summary>
internal sealed class EndpointListTests
{
    // What answers from no sample.
    private static readonly string[] _withoutSamples = ["/api/v1/schema", "/healthz", "/readyz", "/metrics"];

    [TestCaseSource(typeof(WhatapEndpoint), nameof(WhatapEndpoint.Names))]
    public void A_statistic_is_asked_of_both_stores(string name) => Assert.That(
        OracleEndpoint.All.Select(endpoint => endpoint.Path(1, 2)), Has.Some.StartsWith($"{WhatapPath.Prefix}/{name}/1/2"), $"OracleEndpoint.All lacks {name}");

    // A family that is added makes this fail until its endpoints are asked of both stores too.
    [Test]
    public async Task No_other_route_answers_from_samples()
    {
        await using WebApplication query = QueryHost.Build([]);
        IEnumerable<string?> routes = ((IEndpointRouteBuilder)query).DataSources
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText);

        Assert.That(routes.Except(_withoutSamples), Is.EquivalentTo(new[] { WhatapPath.Prefix + "/{**path}", OracleEndpoint.Agents.Path(0, 0) }));
    }
}
