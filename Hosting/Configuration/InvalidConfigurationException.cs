namespace TimeSeries.Hosting.Configuration;

/// <summary>The configuration can't be used. Holds every error found, each naming its key and the value found (never a secret).</summary>
public sealed class InvalidConfigurationException(IReadOnlyList<string> errors)
    : Exception("The configuration has errors:" + string.Concat(errors.Select(error => Environment.NewLine + "  " + error)))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
