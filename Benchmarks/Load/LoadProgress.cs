using System.Globalization;
using Spectre.Console;

namespace TimeSeries.Benchmarks.Load;

/// <summary>
/// Shows how a run gets on, on standard error, so that standard output holds the report alone: a bar on a terminal, else a line now and then.
/// </summary>
internal sealed class LoadProgress(LoadRun run, TimeSpan length)
{
    private static readonly TimeSpan _barInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _lineInterval = TimeSpan.FromSeconds(1);

    // A wait handle counts whole milliseconds; less would be no wait at all.
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(1);

    private long _shownCount;
    private TimeSpan _shownAt;

    /// <summary>Shows the run until its time is over or <paramref name="stop"/> is set.</summary>
    public void Show(CancellationToken stop)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected || !console.Profile.Capabilities.Interactive)
        {
            while (Wait(_lineInterval, stop))
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Elapsed.TotalSeconds,6:F1} s  {Describe()}"));
            }

            return;
        }

        console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("connecting", maxValue: length.TotalSeconds);
                while (Wait(_barInterval, stop))
                {
                    task.Description = Describe();
                    task.Value = run.Elapsed.TotalSeconds;
                }

                task.Value = length.TotalSeconds;
            });
    }

    private bool Wait(TimeSpan interval, CancellationToken stop)
    {
        TimeSpan left = length - run.Elapsed;
        TimeSpan wait = left < interval ? left : interval;
        return left > TimeSpan.Zero && !stop.WaitHandle.WaitOne(wait < _shortestWait ? _shortestWait : wait) && run.IsRunning;
    }

    private string Describe()
    {
        long count = run.AcceptedCount;
        TimeSpan now = run.Elapsed;
        double perSecond = (count - _shownCount) / Math.Max(0.001, (now - _shownAt).TotalSeconds);
        (_shownCount, _shownAt) = (count, now);
        return string.Create(CultureInfo.InvariantCulture, $"{count,13:N0} samples  {perSecond,11:N0}/s");
    }
}
