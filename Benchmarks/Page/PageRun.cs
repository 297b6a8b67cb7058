using System.Net;
using System.Text.Json;
using TimeSeries.Benchmarks.Compare;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Page;

/// <summary>
/// One run: a day of every kind in a server of its own; a browser opens each view of that day, and drags over the hit map; then pages look at the live
/// overview while transactions are pushed as fast as they are taken, by turns with none; then one browser looks at it for some minutes.
/// </summary>
internal sealed class PageRun(PageOptions options, TimeProvider clock, TextWriter report, CancellationToken stop)
{
    private const double MegaByte = 1 << 20;
    private const int BatchSamples = 2_000;
    private const int Connections = 2;
    private const int MoreBrowserPages = 2;
    private const int Turns = 3;
    private const string LiveOverview = "/?range=5m";

    private static readonly TimeSpan _firstUpdates = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private static readonly string[] _views =
        ["", "map", "transactions", "sql", "httpc", "exceptions", "remote", "alerts", "agents", "explore"];

    public async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("timeseries-page-").FullName;
        try
        {
            using (MeasuredServer server = new(options.Server, folder))
            {
                long samples = new DayPush(server.Address, MeasuredServer.Token, stop).Everything(new MeasuredDay(options.Transactions));
                server.End();
                Write(new { samples });
            }

            await MeasuredServer.SettleAsync(folder);
            using MeasuredServer measured = new(options.Server, folder);
            Uri address = new($"http://127.0.0.1:{measured.Address.Port}/");
            if (options.Rounds > 0)
            {
                await MeasureViewsAsync(address);
            }

            if (options.Circuits > 0)
            {
                await MeasurePagesAsync(measured, address);
            }

            if (options.Minutes > 0)
            {
                await MeasureMinutesAsync(measured, address);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task MeasureViewsAsync(Uri address)
    {
        await using PageBrowser browser = await PageBrowser.StartAsync(options.Browser, address, MeasuredServer.Token);
        string range = $"from={MeasuredDay.Start}&to={MeasuredDay.End}&zone=UTC";
        List<(string View, double FirstPaint, double Opened, double Followed)> times = [];

        // The first round compiles code, in the server and in the browser.
        for (int round = 0; round <= options.Rounds; round++)
        {
            foreach (string view in _views)
            {
                stop.ThrowIfCancellationRequested();
                (double paint, double opened) = await browser.OpenAsync($"/{view}?{range}");
                await browser.OpenAsync(view == "agents" ? $"/alerts?{range}" : $"/agents?{range}");
                double followed = await browser.FollowAsync(view);
                if (round > 0)
                {
                    times.Add((view, paint, opened, followed));
                }
            }
        }

        foreach (IGrouping<string, (string View, double FirstPaint, double Opened, double Followed)> view in times.GroupBy(time => time.View))
        {
            Write(new ViewTimes(
                "/" + view.Key, Median(view.Select(time => time.FirstPaint)), Median(view.Select(time => time.Opened)), Round(view.Max(time => time.Opened)),
                Median(view.Select(time => time.Followed)), Round(view.Max(time => time.Followed))));
        }

        List<double> brushes = [];
        for (int round = 0; round <= options.Rounds; round++)
        {
            await browser.OpenAsync($"/map?{range}");
            double brush = await browser.BrushAsync(round);
            if (round > 0)
            {
                brushes.Add(brush);
            }
        }

        Write(new BrushTimes(Median(brushes), Round(brushes.Max()), options.Rounds));
    }

    private async Task MeasurePagesAsync(MeasuredServer server, Uri address)
    {
        Push(server);
        CookieContainer session = await PageCircuit.SignInAsync(address, MeasuredServer.Token);

        // Turns, since a machine is not as fast at one time as at another.
        List<double> without = [], with = [];
        double more = 0, updates = 0;
        for (int turn = 0; turn < Turns; turn++)
        {
            without.Add(Push(server));
            double before = MegabytesOf(server);
            await using PageBrowser browser = await PageBrowser.StartAsync(options.Browser, address, MeasuredServer.Token);
            await browser.OpenAsync(LiveOverview);
            for (int page = 0; page < MoreBrowserPages; page++)
            {
                await browser.OpenMoreAsync(LiveOverview);
            }

            PageCircuit[] circuits = await Task.WhenAll(
                Enumerable.Range(0, options.Circuits).Select(_ => PageCircuit.OpenAsync(address, session, LiveOverview)));
            foreach (PageCircuit circuit in circuits)
            {
                await circuit.WaitForUpdatesAsync(2, _firstUpdates);
            }

            more = Math.Max(more, MegabytesOf(server) - before);
            long seen = circuits.Sum(circuit => circuit.Updates);
            with.Add(Push(server));
            updates = (circuits.Sum(circuit => circuit.Updates) - seen) / (double)options.LoadSeconds;
            foreach (PageCircuit circuit in circuits)
            {
                await circuit.DisposeAsync();
            }
        }

        Write(new PagesCost(options.Circuits, Round(updates), Round(more), Median(without), Median(with), Math.Round(Median(with) / Median(without), 3)));
    }

    private async Task MeasureMinutesAsync(MeasuredServer server, Uri address)
    {
        await using PageBrowser browser = await PageBrowser.StartAsync(options.Browser, address, MeasuredServer.Token);
        await browser.OpenAsync(LiveOverview);
        for (int minute = 0; minute <= options.Minutes; minute++)
        {
            Write(new MinuteMemory(minute, Round(MegabytesOf(server)), Round(await browser.ScriptBytesAsync() / MegaByte)));
            if (minute < options.Minutes)
            {
                await Task.Delay(_minute, clock, stop);
            }
        }
    }

    private double Push(MeasuredServer server) => LoadRun.Measure(
        new LoadOptions
        {
            Address = server.Address,
            Token = MeasuredServer.Token,
            Length = TimeSpan.FromSeconds(options.LoadSeconds),
            WarmUp = default,
            ConnectionCount = Connections,
            BatchSamples = BatchSamples,
            Form = SampleForm.Columns,
            Kind = Kind.Transaction,
            HasGateway = false,
            Json = false,
            Gzip = false,
            Repeats = false,
            Rate = null,
        },
        clock, stop).SamplesPerSecond;

    private static double MegabytesOf(MeasuredServer server)
    {
        using MemoryWatch watch = new(server.ProcessId);
        return watch.PeakBytes / MegaByte;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return Round(sorted[sorted.Length / 2]);
    }

    private static double Round(double value) => Math.Round(value, 1);

    private void Write<T>(T line)
    {
        report.WriteLine(JsonSerializer.Serialize(line, JsonSerializerOptions.Web));
        report.Flush();
    }
}
