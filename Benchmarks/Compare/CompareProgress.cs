using System.Globalization;
using Spectre.Console;

namespace TimeSeries.Benchmarks.Compare;

/// <summary>Says on standard error what is being measured, a line a step.</summary>
internal sealed class CompareProgress(TimeProvider clock)
{
    // Where no terminal folds lines they stay whole.
    private const int FileWidth = 200;

    private readonly IAnsiConsole _console = Open();
    private readonly long _start = clock.GetTimestamp();

    public void Say(FormattableString text) => _console.MarkupLineInterpolated(
        $"[grey]{clock.GetElapsedTime(_start).ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture)}[/] {text.ToString(CultureInfo.InvariantCulture)}");

    private static IAnsiConsole Open()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            Ansi = Console.IsErrorRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (Console.IsErrorRedirected)
        {
            console.Profile.Width = FileWidth;
        }

        return console;
    }
}
