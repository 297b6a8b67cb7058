using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>
/// Binds and validates the options of a section. The framework's binder stops at the first text that it can't convert, ignores the converter of a property, and
/// doesn't tell which keys there are. So texts are converted here first: what is wrong becomes an error, and the rest is bound.
/// </summary>
/// <typeparam name="T">The options type.</typeparam>
internal sealed class SectionOptions<T> : IConfigureOptions<T>, IValidateOptions<T>
    where T : class
{
    private readonly OptionsSection _section;
    private readonly IConfiguration _configuration;
    private readonly IValidateOptions<T>? _validator;
    private readonly List<string> _errors = [];
    private readonly Dictionary<string, string?> _texts = [];

    /// <param name="section">The section.</param>
    /// <param name="configuration">The configuration.</param>
    /// <param name="validator">The generated validator of the type, if it has one.</param>
    public SectionOptions(OptionsSection section, IConfiguration configuration, IValidateOptions<T>? validator)
    {
        _section = section;
        _configuration = configuration;
        _validator = validator;
        foreach (string name in section.Names)
        {
            Read(section.List, section.List?.PropertyType ?? section.Type, configuration.GetSection(name));
        }
    }

    /// <summary>The options before the start validates them. The default stays where something is wrong.</summary>
    public T Unvalidated
    {
        get
        {
            T options = Activator.CreateInstance<T>();
            Configure(options);
            return options;
        }
    }

    public void Configure(T options)
    {
        IConfiguration texts = new ConfigurationBuilder().AddInMemoryCollection(_texts).Build();
        foreach (string name in _section.Names)
        {
            (_section.List is null ? texts.GetSection(name) : texts).Bind(options);
        }
    }

    public ValidateOptionsResult Validate(string? name, T options)
    {
        IEnumerable<string> failures = _validator?.Validate(_section.Name, options).Failures?.Select(WithKeyFound) ?? [];
        string[] errors = [.. _errors, .. failures.Where(failure => !_errors.Any(error => HaveSameKey(error, failure)))];
        return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private string WithKeyFound(string failure)
    {
        string[] parts = failure.Split(": ", 2);

        // The property of a section that is a list has the section's name, which the validator adds.
        string key = parts[0].Replace($"{_section.Name}:{_section.Name}:", $"{_section.Name}:", StringComparison.Ordinal);
        IConfigurationSection at = _configuration.GetSection(_section.Names.LastOrDefault(name => _configuration.GetSection(name).Exists(), _section.Name));
        foreach (string name in key.Split(':').Skip(1))
        {
            // The validator counts from 0, the keys of a list may have gaps.
            at = int.TryParse(name, CultureInfo.InvariantCulture, out int index) && at.GetChildren().ElementAtOrDefault(index) is { } child
                ? child
                : at.GetSection(name);
        }

        return $"{at.Path}: {parts[1]}";
    }

    private static bool HaveSameKey(string left, string right) => left.Split(": ")[0].Equals(right.Split(": ")[0], StringComparison.OrdinalIgnoreCase);

    private void Read(PropertyDescriptor? property, Type type, IConfigurationSection section)
    {
        if (OptionsSection.ElementOf(type) is { } element)
        {
            foreach (IConfigurationSection child in section.GetChildren())
            {
                Read(property, element, child);
            }

            // A list of texts may also be one text.
            string[] parts = element == typeof(string)
                ? section.Value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? []
                : [];
            for (int i = 0; i < parts.Length; i++)
            {
                _texts[$"{section.Path}:{i}"] = parts[i];
            }
        }
        else if (type.IsValueType || type == typeof(string))
        {
            ReadValue(property!, type, section);
        }
        else
        {
            ReadObject(type, section);
        }
    }

    private void ReadObject(Type type, IConfigurationSection section)
    {
        PropertyDescriptorCollection properties = TypeDescriptor.GetProperties(type);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (properties.Find(child.Key, ignoreCase: true) is { } property)
            {
                Read(property, property.PropertyType, child);
            }
            else
            {
                string names = string.Join(", ", properties.Cast<PropertyDescriptor>().Select(known => known.Name));
                _errors.Add($"{child.Path}: there is no such option; {section.Path} has {names}.");
            }
        }

        // A number always has a value, so its validator can't tell that none is given.
        _errors.AddRange(properties.Cast<PropertyDescriptor>()
            .Where(property => property.PropertyType.IsValueType
                && property.Attributes[typeof(RequiredValueAttribute)] is not null && section[property.Name] is null)
            .Select(property => $"{section.Path}:{property.Name}: is required."));
    }

    private void ReadValue(PropertyDescriptor property, Type type, IConfigurationSection section)
    {
        // Flags may be a list.
        string? text = section.Value ?? (type.IsEnum ? string.Join(',', section.GetChildren().Select(child => child.Value)) : null);
        if (!type.IsEnum && section.GetChildren().FirstOrDefault() is { } below)
        {
            _errors.Add($"{below.Path}: there is no such option.");
        }
        else if (type == typeof(string))
        {
            _texts[section.Path] = text ?? "";
        }
        else if (!string.IsNullOrWhiteSpace(text))
        {
            Convert(text, property.Converter, section.Path);
        }
    }

    private void Convert(string text, TypeConverter converter, string key)
    {
        try
        {
            object value = converter.ConvertFromInvariantString(text)!;
            _texts[key] = TypeDescriptor.GetConverter(value.GetType()).ConvertToInvariantString(value);
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            // The framework's converters of numbers throw the latter.
            _errors.Add($"{key}: '{text}' is not {(fault is FormatException ? fault.Message : "a number")}.");
        }
    }
}

/// <summary>A section of the configuration and the type that takes its keys, one key a property.</summary>
/// <param name="Name">Name of the section: <c>Storage</c>.</param>
/// <param name="Type">The options type; its properties are described by attributes, its defaults by their initial values.</param>
/// <param name="FormerName">An earlier name of the section, or null.</param>
public sealed record OptionsSection(string Name, Type Type, string? FormerName = null)
{
    /// <summary>All names of the section; a later one wins.</summary>
    internal IEnumerable<string> Names => FormerName is null ? [Name] : [FormerName, Name];

    /// <summary>The only property of the type when the section is a list; it has the section's name. Null when each property is a key.</summary>
    internal PropertyDescriptor? List => TypeDescriptor.GetProperties(Type)[Name];

    /// <summary>The type of the values in a list or a map; null of anything else.</summary>
    internal static Type? ElementOf(Type type) => type.IsInterface ? type.GetGenericArguments()[^1] : null;
}

/// <summary>Errors of validators that name the key and the value found. Those of the framework name the member of a type.</summary>
public static class OptionErrors
{
    /// <summary>An error of an option.</summary>
    /// <param name="context">What is validated.</param>
    /// <param name="member">The property, or the end of a key below the section.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="separator">What separates the value found and the message.</param>
    public static ValidationResult Error(this ValidationContext context, string member, string message, string separator = ": ")
    {
        PropertyDescriptor? property = TypeDescriptor.GetProperties(context.ObjectInstance)[member];
        string found = property is null || property.PropertyType.IsInterface ? ""
            : property.Attributes[typeof(SecretAttribute)] is not null ? "the value (not shown)" + separator
            : $"'{property.Converter.ConvertToInvariantString(property.GetValue(context.ObjectInstance))}'{separator}";
        return new ValidationResult($"{context.KeyOf(member)}: {found}{message}.");
    }

    // A generated validator names a member like Projects:0.Tokens[1].Secret.
    internal static string KeyOf(this ValidationContext context, string member)
    {
        string path = context.DisplayName[..Math.Max(0, context.DisplayName.LastIndexOf('.'))];
        return $"{path.Replace('.', ':').Replace('[', ':').Replace("]", "", StringComparison.Ordinal)}:{member}";
    }
}

/// <summary>The option's value must never be shown: not in an error, not in a log.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
