using System.CommandLine;
using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;

namespace TimeSeries.Benchmarks.Compare;

/// <summary>The command <c>compare</c>: everything measured side by side on this machine, reports out.</summary>
internal static class CompareCommand
{
    private const long Million = 1_000_000;

    // All but what takes long or much disk.
    private static readonly ComparePart[] _defaultParts =
    [
        ComparePart.Ingest, ComparePart.Otlp, ComparePart.Disk, ComparePart.Query, ComparePart.Endpoints, ComparePart.Latency, ComparePart.Restart,
        ComparePart.Cold, ComparePart.Memory,
    ];

    private static readonly Option<PeerName[]> _peers = List("--peer",
        "Systems to compare with, separated by commas: influxdb, clickhouse, victoriametrics, duckdb.",
        Enum.Parse<PeerName>, Array.Empty<PeerName>());
    private static readonly Option<ComparePart[]> _parts = List("--part",
        "What to measure, separated by commas: ingest, otlp, disk, query, endpoints, latency, restart, cold, memory (these by default), growth.",
        Enum.Parse<ComparePart>, _defaultParts);
    private static readonly Option<DirectoryInfo?> _folder = CommandOption.Of<DirectoryInfo?>("--peer-directory",
        "Folder with the peers' programs, or with their unpacked packages. Otherwise the PATH; otherwise their Debian packages are downloaded into "
            + "a cache, not installed. DuckDB is built from a project of its own beside this one.");
    private static readonly Option<string> _output = CommandOption.Of("--output", "Folder for report.md, report.html and report.json.", "compare-report");
    private static readonly Option<string> _server = CommandOption.OfServer();
    private static readonly Option<long> _rows = CommandOption.Of<long>("--rows", "Transactions of the day.", 2 * Million);
    private static readonly Option<double> _seconds = CommandOption.Of<double>("--seconds", "How long each load lasts.", 15);
    private static readonly Option<double> _warmUp = CommandOption.Of<double>("--warm-up", "How long each load lasts before, unmeasured.", 3);
    private static readonly Option<int[]> _connections = List("--connections",
        "Connections that TimeSeries is measured with, one number after the other.", Number, 2, 4, 8);
    private static readonly Option<int> _requests = CommandOption.Of("--requests", "Requests to each endpoint.", 200);
    private static readonly Option<double> _memorySeconds = CommandOption.Of<double>("--memory-seconds", "How long each load of the memory part lasts.", 60);
    private static readonly Option<long> _restartBytes = CommandOption.Of<long>("--restart-bytes",
        "Bytes of blocks at least before the restart is measured; more samples are pushed until they are there.", 0);
    private static readonly Option<int[]> _growthMillions = List("--growth-millions", "Millions of transactions that growth is measured at.", Number, 1, 10);
    private static readonly Option<int[]> _growthServices = List("--growth-services", "Numbers of services that growth is measured at.",
        Number, 10, 1_000, 100_000);

    public static Command Create()
    {
        _rows.Between(10_000, 1_000 * Million);
        _seconds.Between(0.5, 3_600);
        _warmUp.Between(0.5, 3_600);
        _requests.Between(1, 1_000_000);
        _memorySeconds.Between(1, 36_000);
        _restartBytes.Between(0, 1e12);
        Command command = new("compare",
            "Measures TimeSeries and other systems side by side on this machine, one at a time, checks that responses agree, and writes a report with every "
                + "number, each goal and whether it is met.")
        {
            _peers, _parts, _folder, _output, _server, _rows, _seconds, _warmUp, _connections, _requests, _memorySeconds, _restartBytes,
            _growthMillions, _growthServices,
        };
        command.SetAction(result => RunAsync(result).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        using CancellationTokenSource stop = new();
        using StopSignal signal = new(stop);
        CompareOptions options = OptionsOf(result);
        try
        {
            IReadOnlyList<ResponseCheck> broken = await new CompareRun(options, TimeProvider.System, stop.Token).RunAsync();
            foreach (ResponseCheck check in broken)
            {
                await Console.Error.WriteLineAsync($"{check.Name}: {check.Found}");
            }

            Console.WriteLine(Path.GetFullPath(Path.Combine(options.Output, "report.md")));
            return broken.Count == 0 ? ExitCode.Success : ExitCode.Different;
        }
        catch (Exception fault)
            when (fault is InvalidOperationException or InvalidDataException or IOException or HttpRequestException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return ExitCode.Incomplete;
        }
    }

    private static CompareOptions OptionsOf(ParseResult result) => new()
    {
        Parts = result.GetRequiredValue(_parts),
        Peers = result.GetRequiredValue(_peers),
        PeerFolder = result.GetValue(_folder)?.FullName,
        Server = Path.GetFullPath(result.GetRequiredValue(_server)),
        Output = result.GetRequiredValue(_output),
        Rows = result.GetValue(_rows),
        Length = TimeSpan.FromSeconds(result.GetValue(_seconds)),
        WarmUp = TimeSpan.FromSeconds(result.GetValue(_warmUp)),
        Connections = result.GetRequiredValue(_connections),
        Requests = result.GetValue(_requests),
        MemoryLength = TimeSpan.FromSeconds(result.GetValue(_memorySeconds)),
        RestartBytes = result.GetValue(_restartBytes),
        GrowthRows = [.. result.GetRequiredValue(_growthMillions).Select(millions => millions * Million)],
        GrowthServices = result.GetRequiredValue(_growthServices),
        CommandLine = string.Join(' ', result.Tokens.Select(token => token.Value)),
    };

    private static int Number(string text, bool ignoreCase) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static Option<T[]> List<T>(string name, string description, Func<string, bool, T> parse, params T[] defaults) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => defaults,
        CustomParser = result =>
        {
            try
            {
                return [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    .Select(text => parse(text, true)).Distinct()];
            }
            catch (Exception fault) when (fault is FormatException or ArgumentException or OverflowException)
            {
                result.AddError($"{name}: {fault.Message}");
                return [];
            }
        },
    };
}
