using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Running;

/// <summary>Runs a host as a program: help, version, errors that people can read, exit codes.</summary>
public static class HostProgram
{
    private const int Failed = 1;

    /// <summary>Builds and runs the host until it is told to stop. Returns the exit code: 0, or 1 when it could not start.</summary>
    public static async Task<int> RunAsync(string name, string[] args, Func<string[], WebApplication> build)
    {
        CommandLine commandLine = new(args);
        if (commandLine.AsksForVersion)
        {
            Console.Out.WriteLine(HostVersion.Text);
            return 0;
        }

        try
        {
            await using WebApplication app = build(args);
            if (commandLine.AsksForHelp)
            {
                Console.Out.Write(HelpText.Of($"{name} {HostVersion.Text}", app.Services.GetServices<OptionsSection>()));
                return 0;
            }

            await app.StartAsync();
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception failure) when (Explain(failure) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return Failed;
        }
    }

    // What the user can put right is told in a sentence; anything else is a mistake of ours and keeps its stack trace.
    private static string? Explain(Exception failure) => failure switch
    {
        InvalidConfigurationException or StartRefusedException => failure.Message,
        IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException => $"The start failed: {failure.Message}",
        FormatException or InvalidOperationException when failure.Source?.StartsWith("Microsoft.", StringComparison.Ordinal) == true =>
            $"The start failed: {failure.Message}",
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        _ => null,
    };
}
