using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>
/// Reads names, tokens, access keys and limits of projects again on SIGHUP, so that they can be changed while the host runs. What is wrong is told, and all
/// stays as it was. Which projects there are, and their apdex thresholds, can't change: stored rollups were counted with them.
/// </summary>
internal sealed partial class ProjectReload(IServiceProvider services, IConfiguration configuration, ILogger<ProjectReload> logger)
    : IHostedService, IDisposable
{
    private PosixSignalRegistration? _signal;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows())
        {
            _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                Reload();
            });
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signal?.Dispose();

    /// <summary>Reads them again now.</summary>
    internal void Reload()
    {
        try
        {
            ProjectDirectory directory = services.GetRequiredService<ProjectDirectory>();
            IReadOnlyList<ProjectOptions> projects = directory.IsQuickStart ? services.GetRequiredService<FirstProject>().Make() : Read();
            if (directory.TryReplace(projects))
            {
                LogRead(projects.Count, projects.Sum(project => project.Tokens.Count), projects.Sum(project => project.AccessKeys.Count));
            }
            else
            {
                LogOtherProjects();
            }
        }
        catch (Exception fault) when (fault is OptionsValidationException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            LogFault(fault.Message);
        }
    }

    private IReadOnlyList<ProjectOptions> Read()
    {
        // Read apart: a file that is broken now must leave what the host runs with as it is.
        ConfigurationBuilder builder = new();
        foreach (IConfigurationSource source in ((IConfigurationBuilder)configuration).Sources)
        {
            builder.Add(source);
        }

        IConfigurationRoot now = builder.Build();
        OptionsSection section = new(ProjectListOptions.Section, typeof(ProjectListOptions));
        SectionOptions<ProjectListOptions> read = new(section, now, new ProjectListOptions.Validator());
        ProjectListOptions options = read.Unvalidated;
        ValidateOptionsResult result = read.Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(section.Name, typeof(ProjectListOptions), result.Failures) : options.Projects;
    }

    [LoggerMessage(1017, LogLevel.Information, "Projects were read again: {Projects} with {Tokens} tokens and {Keys} access keys.")]
    private partial void LogRead(int projects, int tokens, int keys);

    [LoggerMessage(1018, LogLevel.Error,
        "Projects were read again and are others than before, or have other apdex thresholds; that needs a restart. Nothing was changed.")]
    private partial void LogOtherProjects();

    [LoggerMessage(1019, LogLevel.Error, "Projects can't be read again, and nothing was changed: {Fault}")]
    private partial void LogFault(string fault);
}
