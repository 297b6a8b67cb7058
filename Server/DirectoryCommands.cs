using System.Globalization;
using Microsoft.Extensions.Options;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest;
using TimeSeries.Ingest.Recovery;

namespace TimeSeries.Server;

/// <summary>The commands that check and repair a data directory while no host runs on it: <c>verify</c> changes nothing.</summary>
internal static class DirectoryCommands
{
    private const int Damaged = 2;

    public static HostCommand Verify { get; } = new(
        "verify", "Reads every file of the storage directory (verify <dir>), and says what is damaged and lost; changes nothing", (services, stop) =>
            RunAsync(services, repairs: false, stop));

    public static HostCommand Repair { get; } = new(
        "repair", "Puts right what verify finds, as far as that is possible; damaged files go to quarantine/", (services, stop) =>
            RunAsync(services, repairs: true, stop));

    /// <summary>Lets the directory stand behind the command's name.</summary>
    public static string[] WithDirectory(string[] args) =>
        args is [var name, var directory, ..] && (name == Verify.Name || name == Repair.Name) && !directory.StartsWith('-')
            ? [name, $"--{StorageOptions.Section}:{nameof(StorageOptions.Directory)}={directory}", .. args[2..]]
            : args;

    private static async Task<int> RunAsync(IServiceProvider services, bool repairs, CancellationToken cancellationToken)
    {
        services.GetRequiredService<IStartupValidator>().Validate();
        StorageOptions storage = services.GetRequiredService<StorageOptions>();
        if (storage.Kind != StorageKind.Embedded)
        {
            throw new StartRefusedException("Storage:Kind: only directories of the embedded store can be verified and repaired.");
        }

        string path = Path.GetFullPath(storage.Directory, services.GetRequiredService<IHostEnvironment>().ContentRootPath);
        IFileSystem files = services.GetRequiredService<IFileSystem>();
        if (files.List(path).Count == 0)
        {
            throw new StartRefusedException($"{path} has no files.");
        }

        using DirectoryRepair repair = new(
            repairs ? files : new OverlayFileSystem(files), path, services.GetRequiredService<Machine>(), services.GetRequiredService<TimeProvider>())
        {
            WalBytes = services.GetRequiredService<WalOptions>().MaxBytes,
            IdWindow = services.GetRequiredService<IngestOptions>().IdWindow,
        };
        RepairReport report = await repair.RunAsync(cancellationToken);
        await PrintAsync(report, repairs, services.GetRequiredService<Terminal>().Out);
        return report.Found.Count == 0 || repairs ? 0 : Damaged;
    }

    private static async Task PrintAsync(RepairReport report, bool repairs, TextWriter to)
    {
        foreach (FoundDamage damage in report.Found)
        {
            await to.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{damage.Path} at offset {damage.Offset}: {damage.Reason}. {damage.Loss}"));
        }

        foreach (string action in repairs ? report.Actions : [])
        {
            await to.WriteLineAsync(action);
        }

        await to.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Damaged places: {report.Found.Count}. Samples lost: {report.LostSamples}."));
    }
}
