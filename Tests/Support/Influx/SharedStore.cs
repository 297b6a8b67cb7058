using System.Globalization;
using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Support.Influx;

/// <summary>A real influxd as the store of hosts that are processes of their own, each Ingest with a directory of its own. Disposing it ends all.</summary>
internal sealed class SharedStore : IAsyncDisposable
{
    public const string Database = "apm";

    // On a busy machine a push of tens of thousands of samples takes seconds.
    private static readonly TimeSpan _storedTimeout = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan _pollPeriod = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryFolder _folder = new();
    private readonly List<ServerProcess> _processes = [];

    private SharedStore(RealInfluxd influxd) => Influxd = influxd;

    public RealInfluxd Influxd { get; }

    /// <summary>The arguments that point a host at the store.</summary>
    public string[] Arguments => ["--Storage:Kind=influx", $"--influx-env={_folder["influx.env"]}"];

    /// <summary>Starts the influxd. Its database is left to the hosts to make.</summary>
    public static async Task<SharedStore> StartAsync()
    {
        SharedStore store = new(await RealInfluxd.StartAsync());
        string settings = string.Create(CultureInfo.InvariantCulture,
            $"INFLUX_HOST={store.Influxd.Address}\nINFLUX_DATABASE={Database}\nINFLUX_FLUSH_MS=100\n");
        await File.WriteAllBytesAsync(store._folder["influx.env"], Encoding.UTF8.GetBytes(settings));
        return store;
    }

    /// <summary>Puts the file that <see cref="Arguments"/> name on another disk, for hosts in the test's process that have one of their own.</summary>
    public void CopySettings(IFileSystem files)
    {
        files.CreateDirectory(Path.GetDirectoryName(_folder["influx.env"])!);
        files.Replace(_folder["influx.env"], File.ReadAllBytes(_folder["influx.env"]));
    }

    /// <summary>Starts a host: Ingest, Query or Server.</summary>
    /// <param name="project">Which.</param>
    /// <param name="node">Name of its directory; a host started again on the same one goes on where the other ended.</param>
    /// <param name="more">Further options.</param>
    public async Task<ServerProcess> StartHostAsync(string project, string node, params string[] more)
    {
        ServerProcess process = await ServerProcess.StartHostAsync(project, _folder[node], [.. Arguments, .. more]);
        _processes.Add(process);
        return process;
    }

    /// <summary>How many samples InfluxDB has, of all kinds and projects.</summary>
    public async Task<long> CountAsync()
    {
        long count = 0;
        foreach (KindSchema kind in SampleSchema.All)
        {
            count += await Influxd.NumberAsync($"SELECT count(\"{InfluxSchema.NumberField}\") FROM \"{InfluxSchema.MeasurementOf(kind.Kind)}\"", Database);
        }

        return count;
    }

    /// <summary>Returns once InfluxDB has so many samples.</summary>
    public async Task WaitForAsync(long samples)
    {
        using CancellationTokenSource late = new(_storedTimeout);
        long found;
        while ((found = await CountAsync()) < samples)
        {
            Assert.That(late.IsCancellationRequested, Is.False,
                $"{found} of {samples} samples\n" + string.Join("\n", _processes.Select(process => process.Output)));
            await Task.Delay(_pollPeriod);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess process in _processes)
        {
            process.Dispose();
        }

        await Influxd.DisposeAsync();
        _folder.Dispose();
    }
}
