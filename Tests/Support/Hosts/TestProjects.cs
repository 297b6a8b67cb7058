namespace TimeSeries.Tests.Support.Hosts;

/// <summary>
/// The two projects that tests configure, with a token for each that may push and read, and one of the first that may only read; each has an access key.
/// </summary>
public static class TestProjects
{
    public const long First = 1;
    public const long Second = 2;
    public const string ReadOnlyToken = "read-only-token-of-the-first-project";

    /// <summary>An argument of a Server: its own samples would be among those that a test counts.</summary>
    public const string NotWatched = "--Self:Enabled=false";

    public static string TokenOf(long pcode) => $"token-of-project-{pcode}";

    public static string AccessKeyOf(long pcode) => $"access-key-of-project-{pcode}";

    public static string SecretOf(long pcode) => $"secret-of-project-{pcode}";

    /// <summary>Arguments of a server on a data directory, on a port that the system picks.</summary>
    public static string[] Arguments(string directory, params ReadOnlySpan<string> more) =>
    [
        "--urls=http://127.0.0.1:0",
        "--Metrics:AllowAnonymous=true",
        $"--Storage:Directory={directory}",
        $"--Projects:0:Pcode={First}",
        $"--Projects:0:AccessKeys:0:Id={AccessKeyOf(First)}",
        $"--Projects:0:AccessKeys:0:Secret={SecretOf(First)}",
        "--Projects:0:Name=first",
        $"--Projects:0:Tokens:0:Secret={TokenOf(First)}",
        "--Projects:0:Tokens:0:Scopes=ingest,read,admin",
        $"--Projects:0:Tokens:1:Secret={ReadOnlyToken}",
        "--Projects:0:Tokens:1:Scopes:0=read",
        $"--Projects:1:Pcode={Second}",
        $"--Projects:1:AccessKeys:0:Id={AccessKeyOf(Second)}",
        $"--Projects:1:AccessKeys:0:Secret={SecretOf(Second)}",
        "--Projects:1:Name=second",
        $"--Projects:1:Tokens:0:Secret={TokenOf(Second)}",
        .. more,
    ];
}
