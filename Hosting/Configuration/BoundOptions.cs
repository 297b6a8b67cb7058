using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>All options of this host, read and checked once. The host does not start while there are errors. Thread safe.</summary>
public sealed class BoundOptions : IStartupValidator
{
    private readonly Dictionary<Type, object> _options = [];

    /// <summary>Reads every section.</summary>
    /// <param name="sections">The sections of this host.</param>
    /// <param name="configuration">Where their keys are.</param>
    /// <param name="services">Where rules of the sections are registered.</param>
    /// <param name="commandLine">The arguments that the host was started with: keys there must belong to someone.</param>
    public BoundOptions(IReadOnlyList<OptionsSection> sections, IConfiguration configuration, IServiceProvider services, CommandLine commandLine)
    {
        OptionsReader reader = new();
        List<string> errors = [.. commandLine.FindErrors(sections)];
        foreach (OptionsSection section in sections)
        {
            object options = reader.Read(section, configuration);
            _options[section.Type] = options;
            errors.AddRange(section.BrokenRules(services, options));
        }

        errors.AddRange(reader.Errors);
        Errors = errors;
    }

    /// <summary>Everything that is wrong, a sentence each.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>A section's options, where they are needed before the start is refused or not.</summary>
    public T Get<T>()
        where T : class => (T)_options[typeof(T)];

    /// <summary>A section's options, when nothing is wrong with any: nothing is opened with half of a configuration.</summary>
    /// <exception cref="InvalidConfigurationException">Something is wrong.</exception>
    public T Checked<T>()
        where T : class
    {
        Validate();
        return Get<T>();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidConfigurationException">Something is wrong.</exception>
    public void Validate()
    {
        if (Errors.Count > 0)
        {
            throw new InvalidConfigurationException(Errors);
        }
    }
}
