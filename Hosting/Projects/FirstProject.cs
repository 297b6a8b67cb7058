using Microsoft.Extensions.Logging;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>
/// The project that a host makes when none is configured: project code 1, with a random token and a random access key, each kept in a file of the data
/// directory.
/// </summary>
public sealed partial class FirstProject(IFileSystem files, DataDirectory directory, ILogger<FirstProject> logger)
{
    public const long Pcode = 1;

    // As strong as the hash that a token is looked up by.
    private const int SecretBytes = 32;
    private const int KeyIdBytes = 10;

    /// <summary>Where the token is kept.</summary>
    public string TokenPath => directory.TokenPath;

    /// <summary>Where the access key is kept.</summary>
    public string AccessKeyPath => directory.AccessKeyPath;

    /// <summary>The token; null where projects are configured. It must not be logged.</summary>
    public string? Token { get; private set; }

    /// <summary>The access key; null where projects are configured. Its secret must not be logged.</summary>
    public AccessKeyOptions? AccessKey { get; private set; }

    internal IReadOnlyList<ProjectOptions> Make()
    {
        Token = SecretFile.ReadOrMake(files, directory.TokenPath, () => SecretFile.RandomText(SecretBytes));
        string[] key = SecretFile
            .ReadOrMake(files, directory.AccessKeyPath, () => $"{SecretFile.RandomText(KeyIdBytes)} {SecretFile.RandomText(SecretBytes)}").Split(' ');
        if (key is not [{ Length: > 0 } id, { Length: > 0 } secret])
        {
            throw new IOException(
                $"{directory.AccessKeyPath} must hold an access key and its secret with a blank between them. Without the file both are made.");
        }

        AccessKey = new AccessKeyOptions { Id = id, Secret = secret };
        LogPaths(directory.TokenPath, directory.AccessKeyPath);
        TokenOptions everything = new() { Secret = Token, Scopes = Scopes.Ingest | Scopes.Read | Scopes.Admin };
        return [new ProjectOptions { Pcode = Pcode, Name = "default", Tokens = [everything], AccessKeys = [AccessKey] }];
    }

    [LoggerMessage(1004, LogLevel.Information, "No project is configured; project 1 has the token in {Path} and the access key in {KeyPath}.")]
    private partial void LogPaths(string path, string keyPath);
}
