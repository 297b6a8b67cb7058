using System.Globalization;
using TimeSeries.Benchmarks.Kills;

namespace TimeSeries.Benchmarks.PowerCuts;

/// <summary>Records a server under pushes, then cuts the power after some of its calls and looks at what the next start makes of what is left.</summary>
/// <param name="program">The built Server.</param>
/// <param name="cuts">How many cuts.</param>
/// <param name="seed">Decides where, and what is left.</param>
internal sealed class PowerCutRun(string program, int cuts, int seed)
{
    private const int MostPushes = 1_000_000;

    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(seed);
    private readonly List<TrackedPush> _pushes = [];

    /// <summary>Runs it. Returns the first difference, or null.</summary>
    public async Task<string?> RunAsync(TimeSpan length, TextWriter report, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("timeseries-power-").FullName;
        string trace = Path.Combine(folder, "trace");
        string data = Path.Combine(folder, "data");
        if (await RecordAsync(folder, trace, length) is { } fault)
        {
            return $"{fault}\nThe directory is {folder}.";
        }

        List<TracedCall> calls = CallTrace.Read(File.ReadLines(trace), data);
        int[] flushes = [.. Enumerable.Range(0, calls.Count).Where(i => calls[i].Kind == CallKind.Flush)];
        await report.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"calls {calls.Count}, flushes {flushes.Length}, batches {_pushes.Count}, acknowledged {_pushes.Count(push => push.IsAcknowledged)}"));
        int acknowledged = 0;
        for (int cut = 0; cut < cuts; cut++)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Half of them right before or behind a flush, where the order of calls matters most.
            int count = cut % 2 == 0 ? flushes[_random.Next(flushes.Length)] + _random.Next(2) : 1 + _random.Next(calls.Count);
            double time = count == 0 ? 0 : calls[count - 1].Time;
            string cutFolder = Path.Combine(folder, "cut");
            CutDisk.CopyTo(CutDisk.Cut(CutDisk.After(calls.Take(count)), _random), data, Path.Combine(cutFolder, "data"));
            acknowledged += _pushes.Count(push => push.AcknowledgedAt <= time);
            if (await FindDifferenceAsync(cutFolder, time) is { } difference)
            {
                return $"{difference}\nCut {cut} of seed {seed}, behind {count} calls; the last is {calls[Math.Max(0, count - 1)].Kind} of "
                    + $"{calls[Math.Max(0, count - 1)].Path}. The directory is {folder}.";
            }

            Directory.Delete(cutFolder, recursive: true);
        }

        await report.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"cuts {cuts}, acknowledged batches looked for {acknowledged}"));
        Directory.Delete(folder, recursive: true);
        return null;
    }

    private async Task<string?> RecordAsync(string folder, string trace, TimeSpan length)
    {
        using KilledServer server = KilledServer.Start(program, folder, CallTrace.Arguments(trace));
        using HttpClient http = PushClient.Connect();
        await server.Listening.WaitAsync(_startTimeout);
        PushClient[] clients = [.. Enum.GetValues<PushProtocol>().Select(protocol => new PushClient(protocol, seed))];
        Task pushing = Task.WhenAll(clients.Select(client => client.RunAsync(http, server, 0, MostPushes, push =>
        {
            lock (_pushes)
            {
                _pushes.Add(push);
            }
        })));
        await Task.Delay(length);
        server.Kill();
        await pushing;
        return clients.Select(client => client.Fault).FirstOrDefault(fault => fault is not null);
    }

    private async Task<string?> FindDifferenceAsync(string folder, double time)
    {
        using KilledServer server = KilledServer.Start(program, folder);
        using HttpClient http = PushClient.Connect();
        try
        {
            await server.Listening.WaitAsync(_startTimeout);
        }
        catch (Exception fault) when (fault is InvalidOperationException or TimeoutException)
        {
            return $"The server did not start:\n{server.Output}";
        }

        StoredPushes stored = new(http, server.Address, Path.Combine(folder, "data"));
        return await stored.FindDifferenceAsync(_pushes, 0, 0, push => push.AcknowledgedAt <= time) is { } difference ? $"{difference}\n{server.Output}" : null;
    }
}
