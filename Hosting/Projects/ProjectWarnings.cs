using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>Warns at the start of secrets that are short enough to be guessed, and of projects that nothing opens.</summary>
internal sealed partial class ProjectWarnings(ProjectListOptions options, ILogger<ProjectWarnings> logger) : IHostedService
{
    // 128 bits, if they are random.
    private const int ShortestSecretBytes = 16;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; i < options.Projects.Count; i++)
        {
            ProjectOptions project = options.Projects[i];
            WarnOfShort($"Projects:{i}:Tokens", [.. project.Tokens.Select(token => token.Secret)]);
            WarnOfShort($"Projects:{i}:AccessKeys", [.. project.AccessKeys.Select(key => key.Secret)]);
            if (project.Tokens.Count == 0)
            {
                LogNoToken(project.Pcode);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A token that is configured by its hash has no secret here.
    private void WarnOfShort(string list, string[] secrets)
    {
        for (int i = 0; i < secrets.Length; i++)
        {
            if (secrets[i].Length > 0 && Encoding.UTF8.GetByteCount(secrets[i]) < ShortestSecretBytes)
            {
                LogShort($"{list}:{i}:Secret", ShortestSecretBytes);
            }
        }
    }

    [LoggerMessage(1005, LogLevel.Warning, "{Key} is shorter than {Bytes} bytes, so that it can be guessed. Use a long random one.")]
    private partial void LogShort(string key, int bytes);

    [LoggerMessage(1006, LogLevel.Warning, "Project {Pcode} has no token: nothing can be pushed to it.")]
    private partial void LogNoToken(long pcode);
}
