using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Scheduling;

/// <summary>Results whose readers don't read.</summary>
public sealed class HeldResultTests
{
    private const string Path = "/sql/1674990000000/1674990300000";
    private const string OtherPath = "/api/v1/aggregate?kind=sql&by=sql&window=1s";

    // More than the buffers of both ends of a connection take.
    private const int Texts = 500;
    private const int TextLength = 60_000;

    [Test]
    public async Task Results_that_nobody_reads_make_their_own_project_wait_and_no_other()
    {
        await using QueryTestHost host = await StartAsync("1h");
        using TcpClient reader = await AskAsync(host);
        Task<HttpResponseMessage> waiting = host.WhatapAsync("/sql");
        using (HttpResponseMessage other = await host.SendAsync(HttpMethod.Get, OtherPath, ("Authorization", "Bearer " + QueryTestHost.OtherToken)))
        {
            Assert.That((other.StatusCode, waiting.IsCompleted), Is.EqualTo((HttpStatusCode.OK, false)));
        }

        var clock = (FakeTimeProvider)host.Services.GetRequiredService<TimeProvider>();
        await Eventually.IsTrueAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return waiting.IsCompleted;
        });
        using HttpResponseMessage response = await waiting;
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(response.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Query:MaxHeldBytes"));

        reader.Close();
        Assert.That(await host.StatusAsync("/sql"), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    [Platform("Linux")]
    public async Task A_client_that_takes_nothing_is_cut_and_its_result_given_back()
    {
        await using QueryTestHost host = await StartAsync("1s");
        using TcpClient reader = await AskAsync(host);
        Assert.That(await host.StatusAsync("/sql"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(async () => await ReadAsync(reader, CancellationToken.None), Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task A_client_that_takes_its_time_gets_all()
    {
        await using QueryTestHost host = await StartAsync("1s");
        using TcpClient reader = await AskAsync(host);
        long bytes = 0;
        byte[] buffer = new byte[1 << 20];
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(50));
        while (await pause.WaitForNextTickAsync())
        {
            int read = await reader.GetStream().ReadAsync(buffer);
            bytes += read;
            if (read == 0)
            {
                break;
            }
        }

        Assert.That(bytes, Is.GreaterThan(Texts * TextLength));
    }

    private static Task<QueryTestHost> StartAsync(string readPause)
    {
        string padding = new('x', TextLength);
        RowReader rows = new([.. Enumerable.Range(0, Texts).Select(i =>
            new Row(Kind.Sql, 1_674_990_000_000).With("sql", string.Concat(i.ToString("d4", null), padding)).With("elapsed", i))])
        {
            ResultBytes = 16 << 20,
        };
        return QueryTestHost.StartAsync(rows, "--Query:MaxHeldBytes=32MiB", $"--Http:ReadPause={readPause}");
    }

    // Sends a query whose response is longer than all buffers, and reads its first byte.
    private static async Task<TcpClient> AskAsync(QueryTestHost host)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /open/api/json{Path}?pageSize={Texts} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            + $"x-whatap-token: {QueryTestHost.Token}\r\nx-whatap-pcode: {Row.Project}\r\n\r\n"));
        byte[] first = new byte[15];
        await stream.ReadExactlyAsync(first);
        Assert.That(Encoding.ASCII.GetString(first), Is.EqualTo("HTTP/1.1 200 OK"));
        return client;
    }

    private static async Task ReadAsync(TcpClient client, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 20];
        while (await client.GetStream().ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }
}
