using Microsoft.Extensions.Logging;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>The project that a host makes when none is configured: project code 1, with a random token kept in the data directory.</summary>
public sealed partial class FirstProject(IFileSystem files, DataDirectory directory, ILogger<FirstProject> logger)
{
    public const long Pcode = 1;

    /// <summary>The token, when it was made at this start; it is to be shown once.</summary>
    public string? NewToken { get; private set; }

    internal IReadOnlyList<ProjectOptions> Make()
    {
        (string token, bool isNew) = TokenFile.ReadOrMake(files, directory.TokenPath);
        if (isNew)
        {
            NewToken = token;
        }
        else
        {
            LogTokenPath(directory.TokenPath);
        }

        TokenOptions everything = new() { Secret = token, Scopes = Scopes.Ingest | Scopes.Read | Scopes.Admin };
        return [new ProjectOptions { Pcode = Pcode, Name = "default", Tokens = [everything] }];
    }

    [LoggerMessage(1004, LogLevel.Information, "No project is configured; project 1 has the token in {Path}.")]
    private partial void LogTokenPath(string path);
}
