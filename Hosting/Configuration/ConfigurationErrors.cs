using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>The errors of a configuration that a start was refused for, each naming its key and the value found (never a secret).</summary>
internal static class ConfigurationErrors
{
    /// <summary>The errors that an exception of the start holds; none when the configuration is not its reason.</summary>
    public static IReadOnlyList<string> Of(Exception failure) => failure switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],

        // The framework throws one for each options type.
        AggregateException several => [.. several.InnerExceptions.SelectMany(Of)],
        _ => [],
    };
}
