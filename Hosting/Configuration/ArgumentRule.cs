using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Storage;

namespace TimeSeries.Hosting.Configuration;

/// <summary>
/// Refuses arguments that nothing reads. The configuration's provider ignores them, and System.CommandLine needs fixed names: keys have indexes of lists and
/// any case.
/// </summary>
internal sealed class ArgumentRule(IEnumerable<OptionsSection> sections) : IValidateOptions<HostStart>
{
    // Keys that ASP.NET Core reads from the command line.
    private static readonly string[] _frameworkKeys =
        ["urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "Kestrel", "Logging", "AllowedHosts"];

    private readonly HashSet<string> _keys = new(
        [.. sections.SelectMany(section => section.Names), .. _frameworkKeys, InfluxEnvironment.FileKey],
        StringComparer.OrdinalIgnoreCase);

    public ValidateOptionsResult Validate(string? name, HostStart options)
    {
        string[] errors = [.. FindErrors(options.Arguments)];
        return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private IEnumerable<string> FindErrors(List<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string[] parts = arguments[i].Split('=', 2);
            if (!parts[0].StartsWith("--", StringComparison.Ordinal))
            {
                yield return $"{parts[0]}: options are written --Section:Key=value; see --help.";
                continue;
            }

            string key = parts[0][2..];
            if (!_keys.Contains(key.Split(':')[0]))
            {
                yield return $"{key}: there is no such option; see --help.";
            }

            bool isFollowedByValue = i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            if (parts.Length == 1 && isFollowedByValue)
            {
                i++;
            }
            else if (parts.Length == 1)
            {
                yield return $"{key}: has no value; write --{key}=value.";
            }
        }
    }
}

/// <summary>What the start of a host is validated for before its sections: its arguments, and rules over several sections.</summary>
internal sealed class HostStart
{
    public List<string> Arguments { get; } = [];
}
