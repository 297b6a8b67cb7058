using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;
using TimeSeries.Ingest;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Ingest.Recovery;

/// <summary>A data directory that is copied and started beside its original on the same machine, over a real influxd: no sample overwrites another.</summary>
internal sealed class CopiedBesideOriginalTests
{
    private const string Token = "token-of-the-copied-directory";

    [Test]
    public async Task Both_keep_all_of_their_samples()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["influx.env"], $"INFLUX_HOST={server.Address}\nINFLUX_FLUSH_MS=20\n");
        await using WebApplication original = await StartAsync(folder, "original");
        await PushAsync(original, 100);
        Directory.CreateDirectory(folder["copy/log"]);
        foreach (string path in Directory.GetFiles(folder["original"], "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock"))
        {
            string to = Path.Combine(folder["copy"], Path.GetRelativePath(folder["original"], path));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(path, to, overwrite: true);
        }

        await using WebApplication copy = await StartAsync(folder, "copy");
        await PushAsync(original, 50);
        await PushAsync(copy, 70);
        Assert.That(await server.NumberAsync("SELECT count(n) FROM transaction", "apm"), Is.EqualTo(100 + 50 + 70));
    }

    private static async Task<WebApplication> StartAsync(TemporaryFolder folder, string directory)
    {
        WebApplication host = IngestHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--Storage:Kind=influx", $"--influx-env={folder["influx.env"]}", $"--Storage:Directory={folder[directory]}",
            "--Projects:0:Pcode=1", $"--Projects:0:Tokens:0:Secret={Token}", "--Logging:LogLevel:Default=None",
        ]);
        await host.StartAsync();
        return host;
    }

    private static async Task PushAsync(WebApplication host, int count)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        string samples = string.Join(',', Enumerable.Range(0, count).Select(_ => string.Create(
            CultureInfo.InvariantCulture, $$"""{"time":{{now / 60_000 * 60_000}},"service":"/a","elapsed":1}""")));
        using HttpClient client = new();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using StringContent body = new($$"""{"agent":{"oname":"shop"},"transaction":[{{samples}}]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(new Uri(host.Urls.Single() + "/ingest/v1/batch?wait=stored"), body);
        JsonElement read = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.That(read.GetProperty("stored").GetBoolean(), Is.True, read.ToString());
    }
}
