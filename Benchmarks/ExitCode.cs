namespace TimeSeries.Benchmarks;

/// <summary>What the process says to its caller. Bad options end with 1, which is the command line library's own code.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The server can't be reached.</summary>
    public const int Unreachable = 2;

    /// <summary>Not one sample was accepted.</summary>
    public const int NothingAccepted = 3;

    /// <summary>Some batches were lost or refused, or some rows could not be read.</summary>
    public const int Incomplete = 4;

    /// <summary>Responses that must be equal are not.</summary>
    public const int Different = 5;

    /// <summary>Something allocates more than it did.</summary>
    public const int Grown = 6;
}
