using System.Text.Json;
using TimeSeries.Benchmarks.Compare;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;

namespace TimeSeries.Benchmarks.Page;

/// <summary>
/// One run: a day of every kind in a server of its own; a browser opens each view of that day, and drags over the hit map; then pages look at the live
/// overview while transactions are pushed; then one browser looks at it for some minutes.
/// </summary>
internal sealed class PageRun(PageOptions options, TimeProvider clock, TextWriter report, CancellationToken stop)
{
    private const double MegaByte = 1 << 20;
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
                PagesRun pages = new(options, measured, clock, stop);
                Write(await pages.MeasureAsync(options.Rate));
                Write(await pages.MeasureAsync(rate: null));
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

    private async Task MeasureMinutesAsync(MeasuredServer server, Uri address)
    {
        await using PageBrowser browser = await PageBrowser.StartAsync(options.Browser, address, MeasuredServer.Token);
        await browser.OpenAsync(PagesRun.LiveOverview);
        for (int minute = 0; minute <= options.Minutes; minute++)
        {
            Write(new MinuteMemory(minute, Round(MemoryWatch.Read(server.ProcessId) / MegaByte), Round(await browser.ScriptBytesAsync() / MegaByte)));
            if (minute < options.Minutes)
            {
                await Task.Delay(_minute, clock, stop);
            }
        }
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
