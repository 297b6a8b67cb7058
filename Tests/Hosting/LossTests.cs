using NUnit.Framework;
using TimeSeries.Hosting.Running;
using TimeSeries.Tests.Golden;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Hosting;

/// <summary>Starts of the whole server on directories that have lost something.</summary>
public sealed class LossTests
{
    private TemporaryFolder _folder = null!;

    // The names of the blocks of the second seal.
    private string[] _newer = [];

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task An_older_manifest_and_a_log_that_is_gone_delete_nothing_and_are_told()
    {
        await LoseAsync();
        await using RunningServer server = await RunningServer.StartAsync(_folder);
        string ready = await server.Client.GetAsync("/readyz");
        string metrics = await server.Client.GetAsync("/metrics");
        Assert.Multiple(() =>
        {
            Assert.That(Directory.GetFiles(_folder["quarantine"]).Select(Path.GetFileName), Is.EquivalentTo(_newer));
            Assert.That(ready, Does.StartWith($"ok\nDamage was found in files: wal 1, block {_newer.Length}.")
                .And.EndWith($" Files in quarantine: {_newer.Length}.\n"));
            Assert.That(metrics, Does.Contain($"\ntimeseries_damage_quarantined{{}} {_newer.Length}\n")
                .And.Contain($"\ntimeseries_damage_places_total{{file=\"block\"}} {_newer.Length}\n"));
        });
    }

    [Test]
    public async Task A_start_that_is_to_stop_at_a_loss_does_and_changes_nothing()
    {
        await LoseAsync();
        string[] before = Files();
        Assert.That(() => RunningServer.StartAsync(_folder, "--Storage:OnLoss=stop"),
            Throws.TypeOf<StartRefusedException>().With.Message.StartsWith("Damage was found, and Storage:OnLoss is stop:").And.Message.Contains(_newer[0]));
        Assert.That(Files(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_whole_directory_starts_where_a_loss_is_to_stop_it()
    {
        await PushAndSealAsync("1");
        await using RunningServer server = await RunningServer.StartAsync(_folder, "--Storage:OnLoss=stop");
        Assert.That(await server.Client.GetAsync("/readyz"), Is.EqualTo("ok\n"));
    }

    // A manifest of before the second seal is put back, and the log is deleted.
    private async Task LoseAsync()
    {
        await PushAndSealAsync("1");
        byte[] older = await File.ReadAllBytesAsync(_folder["manifest"]);
        string[] first = Directory.GetFiles(_folder["blocks"]);
        await PushAndSealAsync("2");
        _newer = [.. Directory.GetFiles(_folder["blocks"]).Except(first).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        await File.WriteAllBytesAsync(_folder["manifest"], older);
        Directory.Delete(_folder["log"], recursive: true);
    }

    private async Task PushAndSealAsync(string id)
    {
        await using RunningServer server = await RunningServer.StartAsync(_folder);
        await server.Client.PushAsync(GoldenSamples.Batch(id), BodyForm.JsonRows);
        await server.SealAsync();
    }

    private string[] Files() =>
    [
        .. Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"),
    ];
}
