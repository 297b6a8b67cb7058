using System.Net.Sockets;
using System.Text.Json;
using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Compare.Reports;

namespace TimeSeries.Benchmarks.Compare;

/// <summary>What every part of a comparison has: what is asked, where numbers go, which peers could be had, a folder that is gone at the end.</summary>
internal sealed class CompareContext(CompareOptions options, IReadOnlyList<PeerFacts> peers, string folder, TimeProvider clock, CancellationToken stop)
{
    public CompareOptions Options { get; } = options;

    public MetricList Metrics { get; } = new();

    public CompareProgress Progress { get; } = new(clock);

    public TimeProvider Clock { get; } = clock;

    public CancellationToken Stop { get; } = stop;

    public IReadOnlyList<PeerFacts> Peers { get; } = peers;

    /// <summary>Whether a peer was asked for and could be had.</summary>
    public bool Has(PeerName name) => ProgramOf(name) is not null;

    /// <summary>Starts a peer of the given name; null when it was not asked for or could not be had.</summary>
    public IPeer? Start(PeerName name)
    {
        string? program = ProgramOf(name);
        return program is null ? null : name switch
        {
            PeerName.Influxdb => new InfluxPeer(program, Clock),
            PeerName.Clickhouse => new ClickHousePeer(program),
            PeerName.Victoriametrics => new VictoriaPeer(program),
            PeerName.Duckdb => new DuckDbPeer(program),
            _ => throw new InvalidOperationException($"{name} can't be started."),
        };
    }

    /// <summary>Measures something; where it fails, the report says so and the rest goes on.</summary>
    public void Try(string name, Action measure)
    {
        Stop.ThrowIfCancellationRequested();
        try
        {
            measure();
        }
        catch (Exception fault) when (IsOfTheMeasured(fault))
        {
            Failed(name, fault);
        }
    }

    /// <summary>The same for what waits.</summary>
    public async Task TryAsync(string name, Func<Task> measure)
    {
        Stop.ThrowIfCancellationRequested();
        try
        {
            await measure();
        }
        catch (Exception fault) when (IsOfTheMeasured(fault))
        {
            Failed(name, fault);
        }
    }

    /// <summary>What tables and sentences call a peer: its name with its version.</summary>
    public string TitleOf(PeerName name) => PeerTitle.Of(name, Peers);

    /// <summary>A new folder; the caller deletes it as soon as it can.</summary>
    public string NewFolder(string name)
    {
        string path = Path.Combine(folder, name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return Directory.CreateDirectory(path).FullName;
    }

    private string? ProgramOf(PeerName name) => Peers.FirstOrDefault(peer => peer.Name == PeerTitle.KeyOf(name))?.Program;

    // What a server that refuses, hangs or ends does to its client.
    private static bool IsOfTheMeasured(Exception fault) =>
        fault is InvalidOperationException or InvalidDataException or IOException or SocketException or HttpRequestException or JsonException;

    private void Failed(string name, Exception fault)
    {
        Metrics.Check(name + ": could be measured", fault.Message, holds: false);
        Progress.Say($"failed  {name}: {fault.Message}");
    }
}
