using System.Globalization;
using Spectre.Console;

namespace TimeSeries.Benchmarks.Compare;

/// <summary>Says on standard error what is being measured, a line a step.</summary>
internal sealed class CompareProgress(TimeProvider clock)
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private readonly long _start = clock.GetTimestamp();

    public void Say(FormattableString text) => _console.MarkupLineInterpolated(
        $"[grey]{clock.GetElapsedTime(_start).ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture)}[/] {text.ToString(CultureInfo.InvariantCulture)}");
}
