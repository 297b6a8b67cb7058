using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Running;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Hosting;

public sealed class ConnectionLimitTests
{
    private const string Limits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             95966                95966                processes
        Max open files            1024                 4096                 files
        """;

    [Test]
    public void The_limit_is_the_soft_one_of_open_files() => Assert.That(OpenFileLimit.Read(Limits), Is.EqualTo(1_024));

    [TestCase("Max open files            unlimited            unlimited            files")]
    [TestCase("Max processes             95966                95966                processes")]
    [TestCase("")]
    public void Without_a_number_there_is_none(string text) => Assert.That(OpenFileLimit.Read(text), Is.Null);

    [TestCase(DescriptorLimit.Least, 16)]
    [TestCase(1_024, 576)]
    [TestCase(4_096, 3_264)]
    [TestCase(1 << 20, (1 << 20) - 320 - 8_192)]
    public void Connections_leave_a_reserve_for_files(long limit, long connections) =>
        Assert.That(DescriptorLimit.Connections(limit), Is.EqualTo(connections));

    [TestCase(64)]
    [TestCase(129)]
    [TestCase(200)]
    [TestCase(300)]
    public async Task A_start_with_too_few_descriptors_says_so_in_a_sentence(int limit)
    {
        foreach (string host in (string[])["Server", "Ingest", "Query"])
        {
            string[] command = ["-c", $"ulimit -n {limit}; exec dotnet \"$0\"", ServerProcess.HostFile(host)];
            ProcessStartInfo start = new("bash", command) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string told = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            string sentence = $"The process may open {limit} files, and needs 384 at least: raise the limit (ulimit -n, LimitNOFILE=).";
            Assert.That(told.TrimEnd(), Is.EqualTo(sentence), host);
            Assert.That(process.ExitCode, Is.EqualTo(1), host);
        }
    }

    [Test]
    public async Task Idle_connections_above_the_bound_are_closed_and_the_others_served()
    {
        using TemporaryFolder folder = new();
        using ServerProcess server = await ServerProcess.StartHostAsync("Server", folder.FullName, [], "--Http:MaxConnections=8");
        using TcpClient first = new();
        await first.ConnectAsync(IPAddress.Loopback, server.Client.Address.Port);
        List<TcpClient> idle = [];
        for (int i = 0; i < 40; i++)
        {
            TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, server.Client.Address.Port);
            idle.Add(client);
        }

        int closed = 0;
        foreach (TcpClient client in idle)
        {
            closed += await IsClosedAsync(client) ? 1 : 0;
        }

        Assert.That(closed, Is.GreaterThanOrEqualTo(32));
        await first.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using StreamReader reader = new(first.GetStream());
        Assert.That(await reader.ReadLineAsync(), Does.Contain("200"));
        idle.ForEach(client => client.Dispose());
    }

    private static async Task<bool> IsClosedAsync(TcpClient client)
    {
        using CancellationTokenSource wait = new(TimeSpan.FromMilliseconds(200));
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], wait.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
