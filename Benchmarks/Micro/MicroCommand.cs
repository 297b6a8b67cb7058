using System.CommandLine;
using BenchmarkDotNet.Running;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>The command <c>micro</c>: hands its arguments to BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        Command command = new("micro", "Runs the micro benchmarks; what follows goes to BenchmarkDotNet, such as --filter '*Decoder*' or --list flat. "
            + "Without anything all suites run.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(result => Run([.. result.UnmatchedTokens]));
        return command;
    }

    // In this process: a process of its own is built from a project file named after the assembly, which ours is not.
    // Without a filter BenchmarkDotNet would ask on the terminal which suite to run.
    private static int Run(string[] arguments)
    {
        BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(arguments is [] ? ["--inProcess", "--filter", "*"] : ["--inProcess", .. arguments]);
        return ExitCode.Success;
    }
}
