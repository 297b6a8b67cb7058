using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Golden;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Server.Backup;

/// <summary>A backup of a node whose samples go to InfluxDB.</summary>
internal sealed class SharedStoreBackupTests
{
    [Test]
    public async Task What_waits_for_InfluxDB_is_in_the_backup_and_is_shipped_from_it_once()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["influx.env"], $"INFLUX_HOST=http://127.0.0.1:9\nINFLUX_DATABASE={SharedStore.Database}\n");
        PushedBatch batch = GoldenSamples.Batch("golden-1");
        string[] away = ["--Storage:Kind=influx", $"--influx-env={folder["influx.env"]}", "--Ingest:BackupPcode=1"];
        using (ServerProcess ingest = await ServerProcess.StartHostAsync("Ingest", folder["data"], away))
        {
            await ingest.Client.PushAsync(batch, BodyForm.JsonRows);
            using BackupProcess backup = new(ingest.Client.Address, folder["copy"]);
            Assert.That(await backup.EndAsync(), Is.Zero, backup.Output);
        }

        await using SharedStore store = await SharedStore.StartAsync();
        using ServerProcess restored = await ServerProcess.StartHostAsync("Server", folder["copy"], store.Arguments);
        await store.WaitForAsync(GoldenSamples.Rows.Count);
        JsonElement again = await restored.Client.PushAsync(batch, BodyForm.JsonTable);
        Assert.That(again.GetProperty("duplicate").GetBoolean(), Is.True);
        Assert.That(await store.CountAsync(), Is.EqualTo(GoldenSamples.Rows.Count));
    }
}
