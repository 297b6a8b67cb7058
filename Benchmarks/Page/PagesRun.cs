using System.Diagnostics;
using System.Net;
using TimeSeries.Benchmarks.Compare;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Page;

/// <summary>Pages look at the live overview while transactions are pushed, by turns with none: a machine is not as fast at one time as at another.</summary>
internal sealed class PagesRun(PageOptions options, MeasuredServer server, TimeProvider clock, CancellationToken stop)
{
    public const string LiveOverview = "/?range=5m";

    private const double MegaByte = 1 << 20;
    private const int MoreBrowserPages = 2;
    private const int Turns = 3;

    private static readonly TimeSpan _firstUpdates = TimeSpan.FromSeconds(60);

    private readonly Uri _address = new($"http://127.0.0.1:{server.Address.Port}/");

    /// <summary>What they cost at a rate.</summary>
    /// <param name="rate">Transactions a second; null for as many as are taken.</param>
    public async Task<PagesCost> MeasureAsync(double? rate)
    {
        // The first compiles code.
        Push(rate);
        CookieContainer session = await PageCircuit.SignInAsync(_address, MeasuredServer.Token);
        List<Turn> without = [], with = [];
        for (int turn = 0; turn < Turns; turn++)
        {
            without.Add(Push(rate));
            with.Add(await PushWithPagesAsync(rate, session));
        }

        double taken = Median(without, turn => turn.Rate), takenWith = Median(with, turn => turn.Rate);
        return new PagesCost(
            rate, options.Circuits, Median(with, turn => turn.Updates),
            Math.Round(Median(with, turn => turn.Megabytes) - Median(without, turn => turn.Megabytes), 1), taken, takenWith, Math.Round(takenWith / taken, 3),
            Median(without, turn => turn.Cores), Median(with, turn => turn.Cores));
    }

    private async Task<Turn> PushWithPagesAsync(double? rate, CookieContainer session)
    {
        await using PageBrowser browser = await PageBrowser.StartAsync(options.Browser, _address, MeasuredServer.Token);
        await browser.OpenAsync(LiveOverview);
        for (int page = 0; page < MoreBrowserPages; page++)
        {
            await browser.OpenMoreAsync(LiveOverview);
        }

        PageCircuit[] circuits = await Task.WhenAll(
            Enumerable.Range(0, options.Circuits).Select(_ => PageCircuit.OpenAsync(_address, session, LiveOverview)));
        foreach (PageCircuit circuit in circuits)
        {
            await circuit.WaitForUpdatesAsync(2, _firstUpdates);
        }

        long seen = circuits.Sum(circuit => circuit.Updates);
        Turn turn = Push(rate);
        double updates = (circuits.Sum(circuit => circuit.Updates) - seen) / (double)options.LoadSeconds;
        foreach (PageCircuit circuit in circuits)
        {
            await circuit.DisposeAsync();
        }

        return turn with { Updates = updates };
    }

    private Turn Push(double? rate)
    {
        using MemoryWatch memory = new(server.ProcessId);
        TimeSpan used = server.ProcessorTime;
        long begin = Stopwatch.GetTimestamp();
        double taken = LoadRun.Measure(
            LoadOptions.OfTransactions(server.Address, MeasuredServer.Token, TimeSpan.FromSeconds(options.LoadSeconds), warmUp: default, rate),
            clock, stop).SamplesPerSecond;
        double cores = (server.ProcessorTime - used) / Stopwatch.GetElapsedTime(begin);
        return new Turn(taken, memory.PeakBytes / MegaByte, cores, 0);
    }

    private static double Median(IEnumerable<Turn> turns, Func<Turn, double> value)
    {
        double[] sorted = [.. turns.Select(value).Order()];
        return Math.Round(sorted[sorted.Length / 2], 2);
    }

    private sealed record Turn(double Rate, double Megabytes, double Cores, double Updates);
}
