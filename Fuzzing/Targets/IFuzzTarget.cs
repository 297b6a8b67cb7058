namespace TimeSeries.Fuzzing.Targets;

/// <summary>
/// What takes bytes from outside, and how one knows that it took them rightly. Whatever is thrown is a finding; refusals that are documented are caught
/// inside. Used by one thread.
/// </summary>
internal interface IFuzzTarget
{
    /// <summary>Most bytes of an input: enough for what the format has, and so few that thousands are tried in a second.</summary>
    int MaxBytes { get; }

    /// <summary>Inputs to begin with, beside the files of the corpus.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>Texts that the format knows, which chance would not find.</summary>
    IEnumerable<byte[]> Words { get; }

    /// <summary>Takes an input.</summary>
    /// <exception cref="OracleException">What came of it is wrong.</exception>
    void Run(ReadOnlySpan<byte> input);
}

/// <summary>A target did something with an input that it must not do.</summary>
/// <param name="message">What, as a sentence.</param>
internal sealed class OracleException(string message) : Exception(message)
{
    /// <summary>Throws unless a statement holds.</summary>
    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new OracleException(otherwise);
        }
    }
}
