using Microsoft.Extensions.Configuration;

namespace TimeSeries.Hosting.Configuration;

/// <summary>All options of this host, read and checked once. Thread safe.</summary>
public sealed class BoundOptions
{
    private readonly Dictionary<Type, object> _options = [];

    /// <summary>Reads every section.</summary>
    public BoundOptions(IEnumerable<OptionsSection> sections, IConfiguration configuration)
    {
        OptionsReader reader = new();
        foreach (OptionsSection section in sections)
        {
            _options[section.Type] = reader.Read(section, configuration);
        }

        Errors = reader.Errors;
    }

    /// <summary>Everything that is wrong, a sentence each.</summary>
    public IReadOnlyList<string> Errors { get; }

    public T Get<T>()
        where T : class => (T)_options[typeof(T)];

    /// <exception cref="InvalidConfigurationException">Something is wrong.</exception>
    public void ThrowIfInvalid()
    {
        if (Errors.Count > 0)
        {
            throw new InvalidConfigurationException(Errors);
        }
    }
}
