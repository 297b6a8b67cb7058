using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>
/// The project that the host's own samples go to, with a random token that reads them and makes rules about them, kept in a file of the data directory, and
/// another that a prober pushes with and whose access key it signs with. Its samples are kept for a week at most.
/// </summary>
/// <param name="files">The disk.</param>
/// <param name="directory">Where the token is kept.</param>
/// <param name="pcode">Its project code, which no configured project has.</param>
/// <param name="isEnabled">Whether the host watches itself. If not, the project has no token, and what it has is kept no longer than before.</param>
/// <param name="givenToken">The token where there is no file for it; null for one in the data directory.</param>
public sealed class SelfProject(IFileSystem files, Func<DataDirectory> directory, long pcode, bool isEnabled, string? givenToken = null)
{
    /// <summary>How long its samples are kept.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>The public id of the access key whose secret is <see cref="ProbeToken"/>.</summary>
    public const string ProbeKeyId = "self-probe";

    // As strong as the hash that a token is looked up by.
    private const int SecretBytes = 32;

    public long Pcode => pcode;

    public bool IsEnabled => isEnabled;

    /// <summary>Where the token is kept.</summary>
    public string TokenPath => directory().SelfTokenPath;

    /// <summary>The token; null until it was read. It must not be logged.</summary>
    public string? Token { get; private set; }

    /// <summary>The token that a prober pushes and reads with; null until it was read. It must not be logged.</summary>
    public string? ProbeToken { get; private set; }

    /// <summary>Whether the token was made by this start.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Reads the token, or makes one. A deleted file makes another token.</summary>
    internal ProjectOptions Make()
    {
        Token = givenToken ?? SecretFile.ReadOrMake(files, TokenPath, () =>
        {
            IsNew = true;
            return MakeSecret();
        });
        ProbeToken = givenToken is null ? SecretFile.ReadOrMake(files, directory().ProbeTokenPath, MakeSecret) : MakeSecret();
        return new ProjectOptions
        {
            Pcode = pcode,
            Name = "self",
            Tokens =
            [
                new TokenOptions { Secret = Token, Scopes = Scopes.Read | Scopes.Admin },
                new TokenOptions { Secret = ProbeToken, Scopes = Scopes.Ingest | Scopes.Read },
            ],
            AccessKeys = [new AccessKeyOptions { Id = ProbeKeyId, Secret = ProbeToken }],
        };
    }

    private static string MakeSecret() => SecretFile.RandomText(SecretBytes);
}
