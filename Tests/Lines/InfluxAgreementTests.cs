using System.Globalization;
using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Lines;

/// <summary>What a real InfluxDB takes is taken here, with the same values, and what it refuses is refused.</summary>
internal sealed class InfluxAgreementTests
{
    private const int Bodies = 300;
    private const int Seed = 20_261_129;
    private const string Letters = "\\\\\\   ,,,===ab\n\t1#e-+.";

    // Numbers, flags and what is nearly one; no u, which version 1.6 does not know.
    private const string ValueLetters = "0123456789..--+eEiitTfFrueals";

    // Two lines each: what is wrong with the first must not cost the second.
    private static readonly string[] _bodies = [.. Generate()];

    [Test]
    public async Task Lines_with_escapes_in_any_place_are_read_as_InfluxDB_reads_them()
    {
        await using RealInfluxd influxd = await RealInfluxd.StartWithDatabaseAsync();
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder["data"]);
        using HttpClient http = new() { BaseAddress = server.Client.Address };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Token " + TestProjects.TokenOf(TestProjects.First));
        List<string> different = [];
        int refused = 0;
        foreach (string body in _bodies)
        {
            (int expected, string reason) = await influxd.WriteAsync(body, "apm");
            using StringContent content = new(body);
            using HttpResponseMessage response = await http.PostAsync("/write", content);
            refused += expected == (int)HttpStatusCode.NoContent ? 0 : 1;
            if ((int)response.StatusCode != expected)
            {
                different.Add($"{body}\n{reason}\n{await response.Content.ReadAsStringAsync()}");
            }
        }

        Assert.That(different, Is.Empty);
        Assert.That(refused, Is.InRange(Bodies / 10, Bodies * 3 / 4));
        Assert.That(await SamplesAsync(server), Is.EquivalentTo(await PointsAsync(influxd)));
    }

    private static IEnumerable<string> Generate()
    {
        Random random = new(Seed);
        for (int i = 0; i < Bodies; i++)
        {
            string tag = i % 3 == 0 ? Text(random, Letters + "\"", 6) : "a";
            string text = i % 3 == 1 ? Escape(Text(random, Letters + "\"", 7)) : "x";
            string more = i % 3 == 2 ? $",q{i}{Text(random, Letters + "\"", 3)}={Text(random, i % 2 == 0 ? Letters : ValueLetters, 5)}" : "";
            yield return string.Create(CultureInfo.InvariantCulture,
                $"transaction,oname=o{tag},okind=k service=\"s{text}\",elapsed=1,malloc={2 * i}i{more} {1_767_225_600_000_000_000 + i}\n"
                + $"transaction,oname=z service=\"/n\",elapsed=2,malloc={2 * i + 1}i {1_767_225_601_000_000_000 + i}");
        }
    }

    // InfluxDB 1.x takes quotes within texts without a backslash too, and here they are refused; no client writes that.
    private static string Escape(string text) =>
        text.Contains('"', StringComparison.Ordinal)
            ? text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) : text;

    private static string Text(Random random, string letters, int longest) => new([.. Enumerable.Range(0, random.Next(longest + 1))
        .Select(_ => letters[random.Next(letters.Length)])]);

    private static async Task<string[]> SamplesAsync(RunningServer server)
    {
        using JsonDocument document = JsonDocument.Parse(
            await server.Client.GetAsync("/api/v1/samples?kind=transaction&from=1000000000000&to=9000000000000&limit=10000"));
        return [.. document.RootElement.GetProperty("samples").EnumerateArray()
            .Select(sample => $"{sample.GetProperty("malloc")} {sample.GetProperty("oname")}|{sample.GetProperty("service")}")];
    }

    private static async Task<string[]> PointsAsync(RealInfluxd influxd)
    {
        JsonElement results = await influxd.QueryAsync("SELECT \"malloc\", \"oname\", \"service\" FROM \"transaction\"", "apm");
        return [.. results[0].GetProperty("series")[0].GetProperty("values").EnumerateArray()
            .Select(point => $"{point[1]} {point[2]}|{point[3]}")];
    }
}
