using System.CommandLine;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Stages;

/// <summary>The command <c>stages</c>: what each stage of the write path costs a sample, in processor time, one after the other in one thread.</summary>
internal static class StagesCommand
{
    private const int MaxHeads = 1_000;

    public static Command Create()
    {
        Option<SampleForm> format = CommandOption.Of("--format", "Form of the batches on the wire: rows, table or columns.", SampleForm.Columns);
        Option<int> heads = CommandOption.Of("--heads", "Heads to fill and seal; the first half of them warms up.", 12);
        heads.Between(2, MaxHeads);
        Command command = new("stages", "Measures each stage of the write path by itself: processor time and allocated bytes a sample.") { format, heads };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using StagesRun run = new(result.GetValue(format));
            await run.MeasureAsync(result.GetValue(heads), cancellationToken);
            run.Report(Console.Out);
            return ExitCode.Success;
        });
        return command;
    }
}
