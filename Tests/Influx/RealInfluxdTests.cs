using NUnit.Framework;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx;

/// <summary>The real server does what the store relies on. These facts are also what the in-process stand-ins of other versions are built after.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RealInfluxdTests
{
    private const string Database = "apm";

    [Test]
    public async Task What_it_acknowledged_outlives_a_kill_and_the_address_stays()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        Uri address = server.Address;
        await server.QueryAsync($"CREATE DATABASE {Database}");
        (int status, _) = await server.WriteAsync("m,a=1 v=1i 1000000\nm,a=1 v=2i 2000000", Database);
        server.Kill();
        await server.RestartAsync();
        long sum = await server.NumberAsync("SELECT sum(v) FROM m", Database);
        Assert.That((status, sum, server.Address), Is.EqualTo((204, 3L, address)));
    }

    [Test]
    public async Task It_stops_in_good_order_and_starts_again()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync(new InfluxdSettings { IndexVersion = "tsi1" });
        await server.QueryAsync($"CREATE DATABASE {Database}");
        await server.WriteAsync("m v=7i 1000000", Database);
        await server.StopAsync();
        await server.RestartAsync();
        Assert.That(await server.NumberAsync("SELECT sum(v) FROM m", Database), Is.EqualTo(7));
    }

    [Test]
    public async Task One_bad_line_costs_its_neighbours_nothing_though_the_status_is_400()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        (int status, string body) = await server.WriteAsync("m v=1i 1\nm v=\nm v=4i 2", Database);
        long sum = await server.NumberAsync("SELECT sum(v) FROM m", Database);
        Assert.That((status, body.Contains("partial write", StringComparison.Ordinal), sum), Is.EqualTo((400, true, 5L)));
    }

    [Test]
    public async Task Without_a_name_it_takes_nothing_where_names_are_asked_for()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync(new InfluxdSettings { Auth = true });
        await server.QueryAsync($"CREATE DATABASE {Database}");
        using HttpClient http = new();
        using StringContent line = new("m v=1i 1");
        using HttpResponseMessage response = await http.PostAsync(new Uri(server.Address, $"/write?db={Database}"), line);
        Assert.That((int)response.StatusCode, Is.EqualTo(401));
    }

    [Test]
    public async Task A_body_over_its_limit_is_413()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync(new InfluxdSettings { MaxBodyBytes = 2_000 });
        await server.QueryAsync($"CREATE DATABASE {Database}");
        (int status, _) = await server.WriteAsync(string.Join('\n', Enumerable.Range(1, 300).Select(time => $"m v=1i {time}")), Database);
        Assert.That(status, Is.EqualTo(413));
    }
}
