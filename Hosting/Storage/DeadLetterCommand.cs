using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TimeSeries.Core.Files;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Hosting.Storage;

/// <summary>The command that sends what InfluxDB refused, and what lies in <c>dead-letters/</c> since, once more.</summary>
public static class DeadLetterCommand
{
    private const int Failed = 1;

    public static HostCommand Command { get; } = new(
        "replay-dead-letters", "Sends the lines in dead-letters/ to InfluxDB again and keeps those that it still refuses; stop the host first", RunAsync);

    private static async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        // Says all that is wrong with the configuration, as a start does.
        services.GetRequiredService<IStartupValidator>().Validate();
        if (services.GetRequiredService<StorageOptions>().Kind != StorageKind.Influx)
        {
            throw new StartRefusedException("Storage:Kind: only with influx there are dead letters; name the settings that the host runs with.");
        }

        DataDirectory directory = services.GetRequiredService<DataDirectory>();
        DeadLetterReplay replay = new(
            new InfluxNode(services.GetRequiredService<IFileSystem>(), directory.Path, directory.NodeId), services.GetRequiredService<InfluxOptions>(),
            services.GetRequiredService<TimeProvider>());
        DeadLetterCounts counts = await replay.RunAsync(cancellationToken);
        string where = counts.Refused + counts.Unsent > 0 ? $" They are kept in {replay.Folder}." : "";
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"Stored {counts.Stored} lines, refused again {counts.Refused}, not sent {counts.Unsent}.{where}"));
        if (counts.Fault is { } fault)
        {
            await Console.Error.WriteLineAsync($"InfluxDB takes no lines now: {fault}. Run the command again when it does.");
        }

        return counts.Refused + counts.Unsent > 0 ? Failed : 0;
    }
}
