using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.WhaTap;

/// <summary><c>remote</c>: names, types, order.</summary>
public sealed class RemoteStatisticTests
{
    private const long Start = 1_674_990_000_000;

    [Test]
    public async Task Addresses_stand_by_count_and_transactions_without_one_are_left_out()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            From("9.9.9.9", Start).With("city", "Seoul").With("country", "KR"),
            From("140.193.83.68", Start).With("city", "Winnipeg").With("country", "CA (CANADA)"),
            From("140.193.83.68", Start + 1).With("city", "Brandon"),
            From("10.0.0.1", Start),
            new Row(Kind.Transaction, Start).With("service", "/a").With("elapsed", 1));
        using HttpResponseMessage response = await host.WhatapAsync("/remote/1674990000000/1674990300000");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            """
            {"records":[{"count":2,"city":"Brandon","country":"CA (CANADA)","ip":"140.193.83.68"},{"count":1,"city":"","country":"","ip":"10.0.0.1"},
            {"count":1,"city":"Seoul","country":"KR","ip":"9.9.9.9"}],"total":3}
            """.ReplaceLineEndings("")));
    }

    private static Row From(string address, long time) =>
        new Row(Kind.Transaction, time).With("service", "/a").With("elapsed", 1).With("remote_ip", address);
}
