using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace TimeSeries.Hosting.Configuration;

/// <summary>
/// Reads options types from the configuration and collects every error instead of stopping at the first. A key that no property takes is an error too,
/// since it is a typing mistake. Runs once, at start.
/// </summary>
internal sealed class OptionsReader
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    /// <summary>The options of a section. Where something is wrong the default stands, and an error tells.</summary>
    public object Read(OptionsSection section, IConfiguration configuration)
    {
        IConfigurationSection found = configuration.GetSection(section.Name);
        if (section.Type.GetProperty(section.Name) is not { } list)
        {
            return ReadObject(section.Type, found);
        }

        object options = Activator.CreateInstance(section.Type)!;
        list.SetValue(options, ReadList(list, OptionsShape.ElementOf(list.PropertyType), found));
        CheckRules(options, section.Name);
        return options;
    }

    private object ReadObject(Type type, IConfigurationSection section)
    {
        object options = Activator.CreateInstance(type)!;
        PropertyInfo[] properties = OptionsShape.PropertiesOf(type);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (Array.Find(properties, property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } property)
            {
                ReadProperty(options, property, child);
            }
            else
            {
                _errors.Add($"{child.Path}: there is no such option; {section.Path} has {string.Join(", ", properties.Select(known => known.Name))}.");
            }
        }

        foreach (PropertyInfo property in properties)
        {
            CheckAttributes(options, property, section);
        }

        CheckRules(options, section.Path);
        return options;
    }

    private void ReadProperty(object options, PropertyInfo property, IConfigurationSection section)
    {
        Type type = property.PropertyType;
        object? value = OptionsShape.IsList(type) ? ReadList(property, OptionsShape.ElementOf(type), section)
            : OptionsShape.IsMap(type) ? ReadMap(property, section)
            : ReadScalar(property, type, section);
        if (value is not null)
        {
            property.SetValue(options, value);
        }
    }

    private IList ReadList(PropertyInfo property, Type element, IConfigurationSection section)
    {
        IList list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        foreach (IConfigurationSection child in section.GetChildren())
        {
            object? value = OptionsShape.IsScalar(element) ? ReadScalar(property, element, child) : ReadObject(element, child);
            if (value is not null)
            {
                list.Add(value);
            }
        }

        if (element == typeof(string) && section.Value is { } joined)
        {
            foreach (string part in joined.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                list.Add(part);
            }
        }

        return list;
    }

    private Dictionary<string, TimeSpan> ReadMap(PropertyInfo property, IConfigurationSection section)
    {
        Dictionary<string, TimeSpan> map = new(StringComparer.OrdinalIgnoreCase);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (ReadScalar(property, typeof(TimeSpan), child) is TimeSpan value)
            {
                map[child.Key] = value;
            }
        }

        return map;
    }

    private object? ReadScalar(PropertyInfo property, Type type, IConfigurationSection section)
    {
        foreach (IConfigurationSection below in section.GetChildren())
        {
            if (!type.IsEnum)
            {
                _errors.Add($"{below.Path}: there is no such option.");
                return null;
            }
        }

        // Flags may stand as a list, 0, 1, …, or joined by commas.
        string? text = section.Value ?? (type.IsEnum ? string.Join(',', section.GetChildren().Select(child => child.Value)) : null);
        if (string.IsNullOrWhiteSpace(text))
        {
            return text is null ? null : type == typeof(string) ? "" : null;
        }

        object? value = OptionsShape.Parse(text, property, type);
        if (value is null)
        {
            _errors.Add($"{section.Path}: {OptionsShape.ShowText(text, property)} is not {OptionsShape.Expected(property, type)}.");
        }

        return value;
    }

    private void CheckAttributes(object options, PropertyInfo property, IConfigurationSection section)
    {
        object? value = property.GetValue(options);
        string key = $"{section.Path}:{property.Name}";

        // A value that could not be read has its error already.
        bool unread = _errors.Any(error => error.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));
        foreach (ValidationAttribute attribute in property.GetCustomAttributes<ValidationAttribute>())
        {
            bool missing = attribute is RequiredAttribute && (value is "" || (section[property.Name] is null && value is 0L));
            if (unread || (!missing && attribute.IsValid(value)))
            {
                continue;
            }

            _errors.Add(missing || value is null ? $"{key}: is required." : $"{key}: {OptionsShape.Show(value, property)} {OptionsShape.Complaint(attribute, property)}.");
            return;
        }
    }

    private void CheckRules(object options, string path)
    {
        if (options is not IValidatableObject rules)
        {
            return;
        }

        foreach (ValidationResult result in rules.Validate(new ValidationContext(options)))
        {
            string member = result.MemberNames.FirstOrDefault() ?? "";
            object? value = options.GetType().GetProperty(member) is { } property && OptionsShape.IsScalar(property.PropertyType)
                ? OptionsShape.Show(property.GetValue(options), property) + ": "
                : "";
            _errors.Add($"{path}:{member}: {value}{result.ErrorMessage}.");
        }
    }
}
