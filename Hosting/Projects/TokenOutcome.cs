namespace TimeSeries.Hosting.Projects;

/// <summary>What came of reading a request's token; each API family turns it into its own error.</summary>
public enum TokenOutcome
{
    Granted,

    /// <summary>The request has no token (401).</summary>
    Missing,

    /// <summary>No project has the token (401).</summary>
    Unknown,

    /// <summary>The token came without a project code, or with one that is no number (400).</summary>
    NoPcode,

    /// <summary>The project code names an unknown project or another than the token's (403).</summary>
    WrongProject,

    /// <summary>The token lacks the scope (403).</summary>
    NoScope,
}
