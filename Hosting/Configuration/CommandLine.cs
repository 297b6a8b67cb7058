using TimeSeries.Hosting.Storage;

namespace TimeSeries.Hosting.Configuration;

/// <summary>The arguments that a host was started with: <c>--Section:Key=value</c> or <c>--Section:Key value</c>.</summary>
public sealed record CommandLine(IReadOnlyList<string> Arguments)
{
    // What ASP.NET Core itself takes from the command line.
    private static readonly string[] _frameworkKeys =
        ["urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "Kestrel", "Logging", "AllowedHosts"];

    public bool AsksForHelp => Arguments.Any(argument => argument is "--help" or "-h" or "-?");

    public bool AsksForVersion => Arguments.Contains("--version");

    /// <summary>Arguments that nobody takes, a sentence each.</summary>
    public IEnumerable<string> FindErrors(IReadOnlyList<OptionsSection> sections)
    {
        for (int i = 0; i < Arguments.Count; i++)
        {
            string argument = Arguments[i];
            string[] parts = argument.Split('=', 2);
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                yield return $"{parts[0]}: options are written --Section:Key=value; see --help.";
                continue;
            }

            string key = parts[0][2..];
            string top = key.Split(':')[0];
            if (!sections.Any(section => Same(section.Name, top)) && !_frameworkKeys.Append(InfluxEnvironment.FileKey).Any(known => Same(known, top)))
            {
                yield return $"{key}: there is no such option; see --help.";
            }

            bool takesNext = parts.Length == 1 && i + 1 < Arguments.Count && !Arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            if (takesNext)
            {
                i++;
            }
            else if (parts.Length == 1)
            {
                yield return $"{key}: has no value; write --{key}=value.";
            }
        }
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
