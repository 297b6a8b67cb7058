using System.Globalization;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Hosting;

public sealed class SocketThreadTests
{
    private const int Requests = 400;

    [Test]
    public async Task Requests_run_where_they_are_received_and_wake_no_worker()
    {
        // On the default ports of OTLP too, since a socket that is made too early decides where all others run.
        using TemporaryFolder folder = new();
        using ServerProcess server = await ServerProcess.StartHostAsync("Server", folder.FullName, [("Otlp__Http", null), ("Otlp__Grpc", null)]);
        using HttpClient client = new() { BaseAddress = server.Client.Address };
        await SendAsync(client, Requests);

        long workers = WaitsOf(server, ".NET TP Worker");
        long sockets = WaitsOf(server, ".NET Sockets");
        await SendAsync(client, Requests);

        Assert.That(WaitsOf(server, ".NET Sockets") - sockets, Is.GreaterThan(Requests / 2));
        Assert.That(WaitsOf(server, ".NET TP Worker") - workers, Is.LessThan(Requests / 2));
    }

    private static async Task SendAsync(HttpClient client, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.That(await client.GetStringAsync("/healthz"), Is.Not.Empty);
        }
    }

    // How often the threads of a name went to sleep until something woke them.
    private static long WaitsOf(ServerProcess server, string threads) =>
        Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{server.Id}/task"))
            .Where(thread => File.ReadAllText(Path.Combine(thread, "comm")).Trim() == threads)
            .Sum(thread => File.ReadLines(Path.Combine(thread, "status"))
                .Where(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal))
                .Sum(line => long.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture)));
}
