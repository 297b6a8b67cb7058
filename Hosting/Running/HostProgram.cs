using System.CommandLine;
using System.CommandLine.Help;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Running;

/// <summary>Runs a host as a program: help, version, errors that people can read, exit codes.</summary>
public static class HostProgram
{
    /// <summary>The exit code of a host that could not start, or whose work failed.</summary>
    public const int Failed = 1;

    // An argument that begins with @ is a value, and the host handles signals.
    private static readonly ParserConfiguration _parsing = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
    private static readonly InvocationConfiguration _invocation = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    /// <summary>Builds and runs the host until it is told to stop. Returns the exit code: 0, or 1 when it could not start or its work failed.</summary>
    /// <param name="name">Name of the host.</param>
    /// <param name="args">The command line.</param>
    /// <param name="build">Builds the host from arguments.</param>
    /// <param name="commands">What the program does instead, when the first argument names it.</param>
    public static async Task<int> RunAsync(string name, string[] args, Func<string[], WebApplication> build, params HostCommand[] commands)
    {
        HostCommand? chosen = Array.Find(commands, command => args is [var first, ..] && first == command.Name);
        args = chosen is null ? args : args[1..];

        // Options are keys of the configuration, which reads them. Their help is one list, not System.CommandLine's.
        RootCommand command = new(name) { TreatUnmatchedTokensAsErrors = false };
        command.Directives.Clear();
        command.Options.Remove(command.Options.OfType<HelpOption>().Single());
        Option<bool> help = new("--help", "-h", "-?");
        command.Options.Add(help);
        command.SetAction(async (result, stop) =>
        {
            bool asksForHelp = result.GetValue(help);
            await using WebApplication app = build(asksForHelp ? [] : args);
            if (asksForHelp)
            {
                Console.Out.Write(HelpText.Of($"{name} {HostVersion.Text}", app.Services.GetServices<OptionsSection>(), commands));
                return 0;
            }

            if (chosen is not null)
            {
                return await chosen.RunAsync(app.Services, stop);
            }

            Listener.CheckPorts(app.Configuration);
            try
            {
                await app.StartAsync(stop);
                await app.WaitForShutdownAsync(stop);
            }
            catch (OperationCanceledException) when (FailuresOf(app.Services).Count > 0 || app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // A signal ended the start, or a loop that failed did; then the reason is below.
            }

            List<string> failures = FailuresOf(app.Services);
            foreach (string failure in failures)
            {
                await Console.Error.WriteLineAsync($"{name} stopped because a part of it failed: {failure}");
            }

            return failures.Count > 0 ? Failed : 0;
        });
        try
        {
            return await command.Parse(args, _parsing).InvokeAsync(_invocation);
        }
        catch (Exception failure) when (Explain(failure) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return Failed;
        }
    }

    // A loop that ends by an exception stops the host. The framework says so only in the log, and returns as after a stop.
    private static List<string> FailuresOf(IServiceProvider services) =>
    [
        .. from loop in services.GetServices<IHostedService>().OfType<BackgroundService>()
           where loop.ExecuteTask is { IsFaulted: true }
           select $"{loop.GetType().Name}: {loop.ExecuteTask!.Exception!.GetBaseException()}",
    ];

    // What the user can put right is told in a sentence; anything else is a mistake of ours and keeps its stack trace.
    private static string? Explain(Exception failure) => failure switch
    {
        _ when ConfigurationErrors.Of(failure) is { Count: > 0 } errors =>
            "The configuration has errors:" + string.Concat(errors.Select(error => Environment.NewLine + "  " + error)),
        StartRefusedException => failure.Message,

        // A file of settings: the message names it, the innermost exception the place.
        InvalidDataException when failure.InnerException is { } cause => $"{failure.Message} {cause.GetBaseException().Message}",
        IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException => $"The start failed: {failure.Message}",
        FormatException or InvalidOperationException when failure.Source?.StartsWith("Microsoft.", StringComparison.Ordinal) == true =>
            $"The start failed: {failure.Message}",
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        _ => null,
    };
}

/// <summary>The errors of a configuration that a start was refused for, each naming its key and the value found (never a secret).</summary>
internal static class ConfigurationErrors
{
    /// <summary>The errors that an exception of the start holds; none when the configuration is not its reason.</summary>
    public static IReadOnlyList<string> Of(Exception failure) => failure switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],

        // The framework throws one for each options type.
        AggregateException several => [.. several.InnerExceptions.SelectMany(Of)],
        _ => [],
    };
}

/// <summary>The host can't start, for a reason that one sentence tells; printed without a stack trace, exit code 1.</summary>
public sealed class StartRefusedException(string sentence, Exception? cause = null) : Exception(sentence, cause);

/// <summary>Something that a host's program does instead of running the host, with the host's configuration: <c>program name --options</c>.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Description">A line for <c>--help</c>.</param>
/// <param name="RunAsync">Does it with the services of a host that is not started, and returns the exit code.</param>
public sealed record HostCommand(string Name, string Description, Func<IServiceProvider, CancellationToken, Task<int>> RunAsync);
